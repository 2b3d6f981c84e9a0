/** The result as tables, for the terminal and for the documents. */
import { differenceTo, type LatencyRun, type Quantiles } from "./latency.ts";
import { type Measured, ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import { median } from "./statistics.ts";
import { bareOf } from "./variants.ts";
import { WORK_KINDS, type Work, type WorkKind } from "./work.ts";

export interface Table {
  readonly title: string;
  /** What the table says in a sentence. */
  readonly text?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tablesOf(result: BenchResult): {
  readonly scenarios: Table[];
  readonly latency: Table[];
  readonly spans: Table[];
  readonly work: Table[];
} {
  const { scenarios, latency, work, sink } = result;
  return {
    scenarios: Object.entries(scenarios).map(([title, variants]) => scenarioTable(title, variants)),
    latency: latency ? [latencyTable(latency)] : [],
    spans: [spansTable(sink)],
    work: work ? WORK_KINDS.map((kind) => workTable(kind, work[kind])) : [],
  };
}

/** The ratio of a variant in the unary scenario to the bare one of its runtime; `undefined` where it was not measured. */
export function unaryRatio({ scenarios }: BenchResult, name: string): string | undefined {
  const bare = scenarios.unary?.[bareOf(name)];
  const measured = scenarios.unary?.[name];
  return bare && measured && ratioTo(bare, measured).ratio.toFixed(2);
}

function scenarioTable(title: string, variants: Readonly<Record<string, Measured>>): Table {
  const rows = Object.entries(variants).map(([name, measured]) => {
    const bare = variants[bareOf(name)];
    const compared = bare && bare !== measured ? ratioTo(bare, measured) : undefined;
    return [
      name,
      `${median(measured.cpuPerRequest).toFixed(0)} us`,
      compared?.ratio.toFixed(2) ?? "1.00",
      compared?.spread.map((value) => value.toFixed(2)).join(" - ") ?? "",
      measured.requestsPerSecond.toFixed(0),
      `${measured.p50.toFixed(1)} ms`,
      `${measured.p99.toFixed(1)} ms`,
      `${(measured.rss / 1e6).toFixed(0)} MB`,
    ];
  });
  const head = ["", "CPU per request", "ratio", "middle half", "requests/s", "p50", "p99", "RSS"];
  return { title, head, rows };
}

/** Of all scenarios and the latency together. */
function spansTable(sink: BenchResult["sink"]): Table {
  const rows = Object.entries(sink)
    .filter(([, { made, received }]) => made + received > 0)
    .map(([name, { made, received, dropped, failed }]) => {
      // Deno's telemetry does not say how many spans it makes.
      const own = made === 0 ? ["", "", ""] : [made, dropped, failed];
      return [name, ...own, received].map(String);
    });
  return { title: "spans", head: ["", "made", "dropped", "given up", "received"], rows };
}

function latencyTable({ requestsPerSecond, variants }: LatencyRun): Table {
  const quantiles: readonly (keyof Quantiles)[] = ["p50", "p90", "p99"];
  const rows = Object.entries(variants).map(([name, latency]) => {
    const base = variants[bareOf(name)];
    const compared = quantiles.flatMap((quantile) => {
      const own = `${latency[quantile].toFixed(2)} ms`;
      if (base === undefined || base === latency) return [own, "", ""];
      const { difference, spread } = differenceTo(base, latency, quantile);
      return [own, `${difference.toFixed(2)} ms`, spread.map((ms) => ms.toFixed(2)).join(" to ")];
    });
    return [name, String(latency.requests), ...compared];
  });
  return {
    title: "latency at an easy load",
    text: `${requestsPerSecond} requests/s, a third of the bare pair's highest load, from the moment a request was due`,
    head: ["", "requests", ...quantiles.flatMap((quantile) => [quantile, "more than bare", "middle half"])],
    rows,
  };
}

function workTable(kind: WorkKind, { points, line }: Work): Table {
  const [slope, intercept, deviation] = [line.slope, line.intercept, line.deviation].map((us) => us.toFixed(1));
  return {
    title: `cost of ${kind}`,
    text: `tracing adds ${intercept} us and ${slope} us for each; the farthest point is ${deviation} us away from that line`,
    head: [kind, "bare", "traced", "added", "on the line"],
    rows: points.map(({ amount, bare, traced, added }) => {
      const onLine = line.intercept + line.slope * amount;
      return [String(amount), ...[bare, traced, added, onLine].map((us) => `${us.toFixed(1)} us`)];
    }),
  };
}
