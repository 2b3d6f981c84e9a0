/** What the demo prints. */
import { judge, renderWaterfall, type TraceTree } from "@baton/trace-tree";
import type { ProcessFailedError } from "./child-process.ts";
import type { Backend } from "./config.ts";
import { printLogs } from "./report-logs-metrics.ts";
import { curlLine } from "./request.ts";
import type { ScenarioResult } from "./run-scenario.ts";
import { cut, paint, type Terminal, wrap } from "./terminal.ts";
import type { FoundLogs } from "./trace-logs.ts";

const maxBodyLines = 4;

export function printTitle(terminal: Terminal): void {
  terminal.write();
  terminal.write(paint(terminal, "bold", "Baton: one request, one trace"));
  terminal.write();
}

export function printPort(terminal: Terminal, service: string, port: number): void {
  terminal.write(paint(terminal, "yellow", cut(terminal, `  port ${port} is taken: ${service} uses a free one`)));
}

export function printStarted(terminal: Terminal, service: string, where: string, elapsedMs: number): void {
  terminal.write(cut(terminal, `  ${service.padEnd(7)} ${where}  (up in ${elapsedMs} ms)`));
}

export function printBackendFound(terminal: Terminal, { queryUrl, otlpUrl }: Backend, named: boolean): void {
  const found = named ? "As you said, spans go to" : "A trace backend answers already: spans go to";
  terminal.write(`  ${found} ${otlpUrl}, traces are read from ${queryUrl}. The viewer is not started.`);
}

export interface ShownScenario {
  readonly result: ScenarioResult;
  /** `undefined` where nobody keeps logs. */
  readonly logs: FoundLogs | undefined;
}

interface Links {
  readonly frontUrl: string;
  readonly backend: Backend;
}

/** The request, its answer, the waterfall with the trace's id, the verdict, the logs, and where to see more. */
export function printResult(terminal: Terminal, shown: ShownScenario, { frontUrl, backend }: Links): void {
  const { result, logs } = shown;
  const { scenario, answer, tree, traceId, differences } = result;
  terminal.write();
  terminal.write(paint(terminal, "bold", cut(terminal, scenario.title)));
  for (const line of wrap(terminal, scenario.shows)) terminal.write(paint(terminal, "dim", line));
  terminal.write();
  for (const line of requestLines(result, frontUrl)) terminal.write(`  ${paint(terminal, "cyan", line)}`);
  terminal.write(`  ${answer.status}  ${bodyExcerpt(terminal, answer.lines)}`);
  terminal.write();
  if (tree !== undefined) printTree(terminal, tree);
  for (const difference of differences) terminal.write(`  ${paint(terminal, "red", `different: ${difference}`)}`);
  if (logs !== undefined) printLogs(terminal, logs);
  // A link that is cut is no link.
  if (traceId !== undefined) terminal.write(`  ${backend.queryUrl}/trace/${traceId}`);
}

/** What a person can type to send the same; a trace that was begun elsewhere cannot be begun a second time. */
function requestLines({ scenario }: ScenarioResult, frontUrl: string): readonly string[] {
  const { request, caller, backAway } = scenario;
  const line =
    request.type === "http"
      ? curlLine({ ...request, headers: { ...request.headers, ...caller?.headers } }, frontUrl)
      : `WebSocket ${frontUrl.replace(/^http/, "ws")}${request.path}, sends ${request.messages.join(" then ")}`;
  const notes = [caller && "the demo is the caller and sends a traceparent", backAway && "back is stopped meanwhile"];
  return [line, ...notes.flatMap((note) => (note ? [`(${note})`] : []))];
}

function bodyExcerpt(terminal: Terminal, lines: readonly string[]): string {
  const shown = lines.slice(0, maxBodyLines).join(" | ");
  const more = lines.length > maxBodyLines ? ` | and ${lines.length - maxBodyLines} more lines` : "";
  return cut({ ...terminal, width: (terminal.width ?? 160) - 12 }, printable(shown + more));
}

/** What a service answers could hold anything; a terminal obeys control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function printTree(terminal: Terminal, tree: TraceTree): void {
  const width = terminal.width === undefined ? {} : { width: terminal.width - 2 };
  for (const line of renderWaterfall(tree, { ...width, color: terminal.colour }).split("\n"))
    terminal.write(`  ${line}`);
  const verdict = judge(tree);
  terminal.write();
  terminal.write(`  ${paint(terminal, verdict.ok ? "green" : "red", verdict.summary)}`);
  for (const line of [...verdict.problems, ...verdict.notes]) terminal.write(`  ${line}`);
}

export function printSummary(terminal: Terminal, results: readonly ScenarioResult[]): void {
  const wrong = results.filter(({ differences }) => differences.length > 0);
  terminal.write();
  if (wrong.length === 0) {
    const count = results.length === 1 ? "1 request, 1 trace" : `${results.length} requests, ${results.length} traces`;
    terminal.write(paint(terminal, "green", `${count}: each tree is what it must be.`));
    return;
  }
  const names = wrong.map(({ scenario }) => scenario.title).join(", ");
  terminal.write(
    paint(terminal, "red", `${wrong.length} of ${results.length} traces are not what they must be: ${names}.`),
  );
}

export function printInvitation(terminal: Terminal, { frontUrl, backend }: Links): void {
  terminal.write();
  terminal.write("It stays up until Ctrl+C. Your turn:");
  terminal.write();
  terminal.write(`  curl -i '${frontUrl}/rolldice?rolls=3'`);
  terminal.write(`  curl ${backend.queryUrl}/api/traces/<the id in traceresponse>`);
  terminal.write();
  terminal.write(`  ${frontUrl}/  the front service`);
  terminal.write(`  ${backend.queryUrl}/search  the traces`);
}

export function printLeaving(terminal: Terminal): void {
  terminal.write();
  terminal.write("Stopping front, back and what else was started ...");
}

export function printFailure(terminal: Terminal, { message, output }: ProcessFailedError): void {
  terminal.write();
  terminal.write(paint(terminal, "red", `${message}. The end of what it wrote:`));
  for (const line of output) terminal.write(`  ${printable(line)}`);
  if (output.length === 0) terminal.write("  (nothing)");
}
