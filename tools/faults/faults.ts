/** The table of the faults. */
import type { Fault } from "./fault.ts";
import { backendFaults } from "./rows/backend.ts";

export const FAULTS: readonly Fault[] = [...backendFaults];
