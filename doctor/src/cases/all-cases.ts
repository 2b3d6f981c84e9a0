/** Every conformance case. */

import { baggageCases } from "./baggage.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { flagCases } from "./flags.ts";
import { traceparentCases } from "./traceparent.ts";
import { tracestateCases } from "./tracestate.ts";

export const cases: readonly ConformanceCase[] = [
  ...traceparentCases,
  ...flagCases,
  ...tracestateCases,
  ...baggageCases,
];
