/** What the demo prints. */
import { renderWaterfall, type TraceTree, verdictOf } from "@baton/trace-tree";
import type { ProcessFailedError } from "./child-process.ts";
import type { Backend } from "./config.ts";
import { printLogs } from "./report-logs-metrics.ts";
import { curlLine, messagesOf } from "./request.ts";
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
  const found = named ? "As you set, spans are sent to" : "A trace backend already runs: spans are sent to";
  terminal.write(`  ${found} ${otlpUrl}, and traces are read from ${queryUrl}. No viewer is started.`);
}

export interface ShownScenario {
  readonly result: ScenarioResult;
  /** `undefined` when the backend stores no logs. */
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
  // A link must not be cut.
  if (traceId !== undefined) terminal.write(`  ${backend.queryUrl}/trace/${traceId}`);
}

/** What a person can type to send the same request. The trace of another caller cannot be begun a second time. */
function requestLines({ scenario }: ScenarioResult, frontUrl: string): readonly string[] {
  const { request, caller, backAway } = scenario;
  const line =
    request.type === "http"
      ? curlLine({ ...request, headers: { ...request.headers, ...caller?.headers } }, frontUrl)
      : `WebSocket ${frontUrl.replace(/^http/, "ws")}${request.path}, sends ${messagesOf(request).join(" then ")}`;
  const notes = [
    caller && "the demo is the caller and sends a traceparent",
    backAway && "back is stopped during this request",
  ];
  return [line, ...notes.flatMap((note) => (note ? [`(${note})`] : []))];
}

function bodyExcerpt(terminal: Terminal, lines: readonly string[]): string {
  const shown = lines.slice(0, maxBodyLines).join(" | ");
  const more = lines.length > maxBodyLines ? ` | and ${countOf(lines.length - maxBodyLines, "more line")}` : "";
  return cut({ ...terminal, width: (terminal.width ?? 160) - 12 }, printable(shown + more));
}

/** A terminal obeys control characters, and an answer could contain them. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, " ");
}

function printTree(terminal: Terminal, tree: TraceTree): void {
  const width = terminal.width === undefined ? {} : { width: terminal.width - 2 };
  for (const line of renderWaterfall(tree, { ...width, color: terminal.colour }).split("\n"))
    terminal.write(`  ${line}`);
  const verdict = verdictOf(tree);
  terminal.write();
  terminal.write(`  ${paint(terminal, verdict.ok ? "green" : "red", verdict.summary)}`);
  for (const line of [...verdict.problems, ...verdict.notes]) terminal.write(`  ${line}`);
}

export function printSummary(terminal: Terminal, results: readonly ScenarioResult[]): void {
  const wrong = results.filter(({ differences }) => differences.length > 0);
  terminal.write();
  if (wrong.length === 0) {
    const count = `${countOf(results.length, "request")}, ${countOf(results.length, "trace")}`;
    terminal.write(paint(terminal, "green", `${count}: each tree is what it must be.`));
    return;
  }
  const names = wrong.map(({ scenario }) => scenario.title).join(", ");
  terminal.write(
    paint(
      terminal,
      "red",
      `${wrong.length} of ${countOf(results.length, "trace")} ${wrong.length === 1 ? "is" : "are"} not as expected: ${names}.`,
    ),
  );
}

/** `1 trace`, `2 traces` */
function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

export function printInvitation(terminal: Terminal, { frontUrl, backend }: Links): void {
  terminal.write();
  terminal.write("The services run until Ctrl+C. Try it yourself:");
  terminal.write();
  terminal.write(`  curl -i '${frontUrl}/rolldice?rolls=3'`);
  terminal.write(`  curl ${backend.queryUrl}/api/traces/<the id in traceresponse>`);
  terminal.write(`  curl -i -H 'x-lab-fault: header-dropped' '${frontUrl}/rolldice'`);
  terminal.write();
  terminal.write(`  ${backend.queryUrl}/search  the traces`);
  terminal.write();
  terminal.write("Open the page: send a request, see the header that travels, break it on purpose, and find out why.");
  terminal.write();
  terminal.write(`  ${paint(terminal, "bold", frontUrl)}`);
}

export function printLeaving(terminal: Terminal): void {
  terminal.write();
  terminal.write("Stopping all services ...");
}

export function printFailure(terminal: Terminal, { message, output }: ProcessFailedError): void {
  terminal.write();
  terminal.write(paint(terminal, "red", `${message}. Its last lines of output:`));
  for (const line of output) terminal.write(`  ${printable(line)}`);
  if (output.length === 0) terminal.write("  (nothing)");
}
