/** The table of the faults. */
import type { Fault } from "./fault.ts";
import { realJaeger } from "./real-backend.ts";
import { backFaults } from "./rows/back.ts";
import { backendFaults } from "./rows/backend.ts";
import { callersFaults } from "./rows/callers.ts";
import { endFaults } from "./rows/end.ts";
import { processFaults } from "./rows/process.ts";
import { realFaults } from "./rows/real.ts";

const ALL: readonly Fault[] = [
  ...backendFaults,
  ...realFaults,
  ...backFaults,
  ...callersFaults,
  ...processFaults,
  ...endFaults,
];

/** In the order of the document, which has rows of real programs also where none is named. */
export const IDS: readonly string[] = ALL.map(({ id }) => id);

/** Those that can run here. */
export const FAULTS = ALL.filter((fault) => realJaeger !== undefined || !realFaults.includes(fault));
