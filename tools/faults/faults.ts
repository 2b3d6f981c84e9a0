/** The table of the faults. */
import type { Fault } from "./fault.ts";
import { backFaults } from "./rows/back.ts";
import { backendFaults } from "./rows/backend.ts";
import { callersFaults } from "./rows/callers.ts";
import { endFaults } from "./rows/end.ts";
import { processFaults } from "./rows/process.ts";
import { realFaults } from "./rows/real.ts";

export const FAULTS: readonly Fault[] = [
  ...backendFaults,
  ...realFaults,
  ...backFaults,
  ...callersFaults,
  ...processFaults,
  ...endFaults,
];
