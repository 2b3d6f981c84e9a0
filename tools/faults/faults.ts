/** The table of the faults. */
import type { Fault } from "./fault.ts";
import { backFaults } from "./rows/back.ts";
import { backendFaults } from "./rows/backend.ts";
import { callersFaults } from "./rows/callers.ts";
import { collectorFaults } from "./rows/collector.ts";
import { endFaults } from "./rows/end.ts";
import { processFaults } from "./rows/process.ts";

export const FAULTS: readonly Fault[] = [
  ...backendFaults,
  ...collectorFaults,
  ...backFaults,
  ...callersFaults,
  ...processFaults,
  ...endFaults,
];
