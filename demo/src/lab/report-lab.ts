/** What the lab prints: a fault, its traces, what the diagnosis made of them, and what mends it. */
import { buildTree, type Diagnosis, type Hop, renderWaterfall, renderWire, verdictOf, wireOf } from "@baton/trace-tree";
import { curlLine } from "../request.ts";
import { cut, paint, type Terminal, wrap } from "../terminal.ts";
import type { FaultResult } from "./run-fault.ts";

export function printWire(terminal: Terminal, hops: readonly Hop[]): void {
  terminal.write();
  for (const line of renderWire(hops, { color: terminal.colour }).split("\n")) terminal.write(`  ${line}`);
}

/** @param mended The same request without the fault. */
export function printFault(terminal: Terminal, broken: FaultResult, mended: FaultResult, frontUrl: string): void {
  const { fault, traces, healthy } = broken;
  const { request } = fault;
  const write = (line = "") => terminal.write(line === "" ? "" : `  ${line}`);
  terminal.write();
  terminal.write(paint(terminal, "bold", cut(terminal, `${fault.title}  (${fault.id}, ${fault.where})`)));
  for (const line of wrap(terminal, fault.symptom)) terminal.write(paint(terminal, "dim", line));
  write();
  const curl = curlLine({ ...request, headers: { ...request.headers, "x-lab-fault": fault.id } }, frontUrl);
  write(paint(terminal, "cyan", curl) + (fault.times === undefined ? "" : `  (${fault.times} times)`));
  const width = terminal.width === undefined ? {} : { width: terminal.width - 2 };
  for (const trace of traces) {
    const tree = buildTree(trace);
    write();
    for (const line of renderWaterfall(tree, { ...width, color: terminal.colour }).split("\n")) write(line);
    const verdict = verdictOf(tree);
    write(paint(terminal, verdict.ok ? "green" : "red", verdict.summary));
  }
  const [first, ...others] = traces;
  if (first !== undefined) printWire(terminal, wireOf(first, [...others, ...healthy]));
  for (const found of broken.findings) printFinding(terminal, found);
  write();
  write(paint(terminal, "bold", "mend"));
  for (const line of fault.mend) write(`  ${line}`);
  write();
  if (broken.ok) write(paint(terminal, "green", `The diagnosis names the cause: ${fault.cause}.`));
  else write(paint(terminal, "red", `The diagnosis is wrong: the cause is ${fault.cause}, and nothing else.`));
  if (mended.ok) write(paint(terminal, "green", "Sent again without the fault: no finding."));
  else write(paint(terminal, "red", "Sent again without the fault, and there still are findings:"));
  for (const found of mended.findings) printFinding(terminal, found);
}

function printFinding(terminal: Terminal, found: Diagnosis): void {
  const write = (line: string) => {
    for (const part of wrap({ ...terminal, width: terminal.width && terminal.width - 4 }, line))
      terminal.write(`    ${part}`);
  };
  terminal.write();
  terminal.write(`  ${paint(terminal, "bold", `diagnosis: ${found.cause}`)} (${found.grade})`);
  write(found.symptom);
  for (const line of found.evidence) write(`- ${line}`);
  const others = found.likelyCauses.filter((cause) => cause !== found.cause);
  if (others.length > 0) write(`It may ${found.grade === "open" ? "be" : "also be"}: ${others.join(", ")}.`);
  write(`To mend: ${found.mend}`);
  if (found.next !== "") write(`To be sure: ${found.next}`);
}
