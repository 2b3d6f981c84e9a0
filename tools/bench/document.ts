/**
 * Writes the measured numbers into docs/performance.md and the README, from docs/performance/result.json:
 * `bun run bench --check --out docs/performance && bun tools/bench/document.ts`. What people write around them stays.
 */
import { type BenchResult, NOT_FOUND } from "./result.ts";
import { type Table, tablesOf, unaryRatio } from "./tables.ts";
import { checkTargets } from "./targets.ts";

const root = new URL("../../", import.meta.url).pathname;
const BEGIN = "<!-- measured: bun tools/bench/document.ts -->";
const END = "<!-- /measured -->";

if (import.meta.main) {
  for (const [path, text] of Object.entries(await renderDocuments())) await Bun.write(root + path, text);
}

/** @returns The documents with the numbers of docs/performance/result.json, by path. */
export async function renderDocuments(): Promise<Record<string, string>> {
  const result = (await Bun.file(`${root}docs/performance/result.json`).json()) as BenchResult;
  const performance = await Bun.file(`${root}docs/performance.md`).text();
  const readme = await Bun.file(`${root}README.md`).text();
  return {
    "docs/performance.md": replaceBlock(performance, renderMeasured(result)),
    "README.md": replaceBlock(
      readme.replace(/^\| CPU time for one request .*$/m, renderRow(result)),
      renderSentences(result),
    ),
  };
}

function replaceBlock(document: string, text: string): string {
  const [before, rest] = document.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`a document has no ${BEGIN} ... ${END}`);
  return `${before}${BEGIN}\n\n${text}\n\n${END}${after}`;
}

function renderMeasured(result: BenchResult): string {
  const { scenarios, latency, spans, work } = tablesOf(result);
  const picture = "![Processor time that tracing adds for each span and message](performance/work.svg)";
  const targets = checkTargets(result).map(({ target, met, found }) => {
    const word = met === undefined ? "" : met ? "met" : "missed";
    return [target, found, word];
  });
  return [
    renderMethod(result),
    ...[...scenarios, ...latency, ...spans].map(renderTable),
    ...(work.length > 0 ? [picture, ...work.map(renderTable)] : []),
    "## Targets",
    renderRows(["Target", "Measured", ""], targets),
  ].join("\n\n");
}

function renderMethod({ date, machine, method }: BenchResult): string {
  const { processor, memory, system } = machine;
  const runtimes = Object.entries({ Bun: machine.bun, "Node.js": machine.node, Deno: machine.deno })
    .flatMap(([name, version = NOT_FOUND]) => (version === NOT_FOUND ? [] : `${name} ${version}`))
    .join(", ");
  return `Measured on ${date} with ${runtimes}; ${processor}, ${memory}, ${system}.
Each variant had ${method.pairs} pairs of processes; \`unary\` had ${method.rounds} rounds of ${method.requests} requests for each of them, after
${method.warmUp} requests to warm up.`;
}

function renderTable({ title, text, head, rows }: Table): string {
  return `**${title}**${text === undefined ? "" : `: ${text}.`}\n\n${renderRows(head, rows)}`;
}

function renderRows(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function renderRow(result: BenchResult): string {
  const node = unaryRatio(result, "node-sdk");
  const onNode = node && `${node} on Node.js ${result.machine.node}`;
  const [traced, peers] = ["traced", "peers"].map((name) => unaryRatio(result, name) ?? "not measured");
  const cells = [traced, peers, onNode ?? "not measured: on Bun it records nothing", "not measured"];
  return `| CPU time for one request (1 = without tracing) | ${cells.join(" | ")} |`;
}

function renderSentences(result: BenchResult): string {
  const plain = `The pair with four hand-made spans of the plain SDK is at ${unaryRatio(result, "plain") ?? "an unknown ratio"}.`;
  const deno = unaryRatio(result, "deno-otel");
  if (deno === undefined) return plain;
  return `${plain}
On Deno ${result.machine.deno}, with its built-in OpenTelemetry, the same scenario is at ${deno}.`;
}
