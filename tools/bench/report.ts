/** The result for people, as tables. */
import { differenceTo, type LatencyRun, type Quantiles } from "./latency.ts";
import { type Measured, ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import { median } from "./statistics.ts";
import { bareOf, beforeOf } from "./variants.ts";
import { WORK_KINDS, type Work, type WorkKind } from "./work.ts";

export function renderResult(result: BenchResult): string {
  return [
    ...Object.entries(result.scenarios).map(([scenario, variants]) => renderScenario(scenario, variants, result)),
    ...(result.latency ? [renderLatency(result.latency)] : []),
    ...(result.work ? WORK_KINDS.map((kind) => renderWork(kind, result.work?.[kind])) : []),
    renderAgainst(result),
    renderMissing(result),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

const HEAD = ["CPU/request", "ratio", "middle half", "requests/s", "p50", "p99", "RSS", "spans made", "received"];

function renderScenario(scenario: string, variants: Readonly<Record<string, Measured>>, result: BenchResult): string {
  const rows = Object.entries(variants).map(([name, measured]) => row(name, measured, variants[bareOf(name)], result));
  return `${scenario}\n${align([["", ...HEAD], ...rows])}`;
}

function row(name: string, measured: Measured, bare: Measured | undefined, { sink }: BenchResult): string[] {
  const compared = bare === undefined ? undefined : ratioTo(bare, measured);
  const counts = sink[name];
  return [
    name,
    `${median(measured.cpuPerRequest).toFixed(0)} us`,
    compared === undefined ? "" : compared.ratio.toFixed(3),
    compared === undefined ? "" : compared.spread.map((value) => value.toFixed(2)).join(" - "),
    measured.requestsPerSecond.toFixed(0),
    `${measured.p50.toFixed(1)} ms`,
    `${measured.p99.toFixed(1)} ms`,
    `${(measured.rss / 1e6).toFixed(0)} MB`,
    // Deno's telemetry does not say how many spans it makes.
    counts === undefined || counts.made === 0 ? "-" : String(counts.made),
    counts === undefined ? "-" : String(counts.received),
  ];
}

function renderLatency({ requestsPerSecond, variants }: LatencyRun): string {
  const quantiles: readonly (keyof Quantiles)[] = ["p50", "p90", "p99"];
  const head = ["", "requests", ...quantiles.flatMap((quantile) => [quantile, "more than bare", "middle half"])];
  const rows = Object.entries(variants).map(([name, latency]) => [
    name,
    String(latency.requests),
    ...quantiles.flatMap((quantile) => {
      const { difference, spread } =
        variants.bare === undefined
          ? { difference: Number.NaN, spread: [] }
          : differenceTo(variants.bare, latency, quantile);
      const middle = spread.map((ms) => ms.toFixed(2)).join(" to ");
      return [`${latency[quantile].toFixed(2)} ms`, `${difference.toFixed(2)} ms`, middle];
    }),
  ]);
  return `latency at ${requestsPerSecond} requests/s, from the moment a request was due\n${align([head, ...rows])}`;
}

function renderWork(kind: WorkKind, work: Work | undefined): string {
  if (work === undefined) return "";
  const { points, line } = work;
  const rows = points.map(({ amount, bare, traced, added }) => {
    const onLine = line.intercept + line.slope * amount;
    return [String(amount), ...[bare, traced, added, onLine].map((us) => `${us.toFixed(1)} us`)];
  });
  const [slope, intercept, deviation] = [line.slope, line.intercept, line.deviation].map((us) => us.toFixed(1));
  const text = `${intercept} us and ${slope} us for each; the point that is farthest away is ${deviation} us from that`;
  return `cost of ${kind}: ${text}\n${align([[kind, "bare", "traced", "added", "on the line"], ...rows])}`;
}

/** This checkout compared with another one, for each variant of both. */
function renderAgainst({ scenarios }: BenchResult): string {
  return Object.entries(scenarios)
    .flatMap(([scenario, variants]) =>
      Object.entries(variants).flatMap(([name, now]) => {
        const before = variants[beforeOf(name)];
        if (before === undefined) return [];
        const { ratio, spread } = ratioTo(before, now);
        const [low, high] = spread.map((value) => value.toFixed(3));
        return `${scenario}, ${name}: ${ratio.toFixed(3)} of what it was before (middle half ${low} - ${high})`;
      }),
    )
    .join("\n");
}

function renderMissing({ machine: { node, deno } }: BenchResult): string {
  return Object.entries({ node, deno })
    .flatMap(([name, version]) => (version === "not found" ? `${name}: not found, so it is not compared` : []))
    .join("\n");
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0))),
    )
    .map((cells) => `  ${cells.join("  ")}`)
    .join("\n");
}
