/** Every conformance case. */

import { baggageCases } from "./baggage.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { flagCases } from "./flags.ts";
import { traceparentCases } from "./traceparent.ts";
import { tracestateCases } from "./tracestate.ts";

/** What becomes of these is left to the service. What Baton does is in tests/conformance/README.md. */
const OPEN = new Set([
  "traceparent-twice-higher-version",
  "tracestate-repeated-key",
  "tracestate-repeated-key-several-headers",
  "tracestate-beyond-4096-long-members-first",
  "baggage-repeated-key",
  "baggage-value-not-utf8",
  "baggage-value-percent-alone",
  "baggage-65-members",
  "baggage-8193-bytes",
  "baggage-8193-bytes-several-headers",
]);

export const cases: readonly ConformanceCase[] = [
  ...traceparentCases,
  ...flagCases,
  ...tracestateCases,
  ...baggageCases,
].map((each) => (OPEN.has(each.id) ? { ...each, isOpen: true } : each));
