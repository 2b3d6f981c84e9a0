/** `--break`: every fault of the table, what the diagnosis makes of it, and the same request without it. */
import type { Stack } from "../stack.ts";
import { paint, type Terminal } from "../terminal.ts";
import { faults } from "./faults.ts";
import { faultJson } from "./lab-json.ts";
import { printFault } from "./report-lab.ts";
import { runFault, runMended } from "./run-fault.ts";

export interface BreakOptions {
  readonly timeoutMs: number;
  /** The fault to show. @default All of them. */
  readonly only?: string | undefined;
}

export interface Broken {
  /** Whether each diagnosis was right. */
  readonly ok: boolean;
  /** What `--json` prints. */
  readonly json: readonly unknown[];
}

/** @param over Aborted when no further fault is to be shown. */
export async function showFaults(
  stack: Stack,
  terminal: Terminal,
  over: AbortSignal,
  { timeoutMs, only }: BreakOptions,
): Promise<Broken> {
  const json: unknown[] = [];
  const wrong: string[] = [];
  for (const fault of faults.filter(({ id }) => only === undefined || id === only)) {
    if (over.aborted) break;
    const broken = await runFault(fault, stack, { timeoutMs });
    const mended = await runMended(fault, stack, { timeoutMs });
    if (!broken.ok || !mended.ok) wrong.push(fault.id);
    json.push(faultJson(broken, mended));
    printFault(terminal, broken, mended, stack.frontUrl);
  }
  terminal.write();
  const count = `${json.length} fault${json.length === 1 ? "" : "s"}`;
  if (wrong.length === 0) terminal.write(paint(terminal, "green", `${count}: the diagnosis named each cause.`));
  else terminal.write(paint(terminal, "red", `${count}: the diagnosis is wrong about ${wrong.join(", ")}.`));
  return { ok: wrong.length === 0, json };
}
