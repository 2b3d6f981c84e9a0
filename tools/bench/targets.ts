/** The targets of the benchmark. They are never changed to fit the numbers. */
import { differenceTo, type Quantiles } from "./latency.ts";
import { ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import type { Soak } from "./soak.ts";
import { WORK } from "./variants.ts";
import { WORK_KINDS, type WorkKind } from "./work.ts";

export interface Verdict {
  readonly target: string;
  /** `undefined` when it was not measured. */
  readonly met: boolean | undefined;
  readonly found: string;
}

/** Processor time compared with the bare pair, by scenario and variant. */
export const MAX_RATIOS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  unary: { traced: 1.4, unsampled: 1.12, disabled: 1.02 },
  "stream of 10": { traced: 1.45, unsampled: 1.18, disabled: 1.05 },
  "error 403": { traced: 1.5, unsampled: 1.2, disabled: 1.05 },
};
/** Milliseconds that tracing adds at a third of the highest load. */
const MAX_ADDED_MS: readonly (readonly [keyof Quantiles, number])[] = [
  ["p50", 0.2],
  ["p99", 1],
];
/** How far a cost may be from a line, as a share of the largest cost. A cost that grows as amount ** 1.5 does is at 0.075. */
const MAX_FROM_LINE = 0.05;
const MAX_START_UP_MS = 60;
const MAX_RSS = 1.3;

export function checkTargets(result: BenchResult): Verdict[] {
  return [
    ...Object.entries(MAX_RATIOS).flatMap(([scenario, ratios]) =>
      Object.entries(ratios).map(([variant, most]) => cpu(result, scenario, variant, most)),
    ),
    ...MAX_ADDED_MS.map(([quantile, most]) => latency(result, quantile, most)),
    ...WORK_KINDS.map((kind) => work(result, kind)),
    noSpanLost(result),
    startUp(result),
    ...memory(result),
    ...outage(result),
  ];
}

export function renderVerdicts(verdicts: readonly Verdict[]): string {
  const word = ({ met }: Verdict) => (met === undefined ? "-     " : met ? "met   " : "MISSED");
  const missed = verdicts.filter(({ met }) => met === false).length;
  const open = verdicts.filter(({ met }) => met === undefined).length;
  const lines = verdicts.map((verdict) => `${word(verdict)}  ${verdict.target}: ${verdict.found}`);
  const sum = `${verdicts.length - missed - open} targets met, ${missed} missed, ${open} not measured`;
  return [...lines, "", sum].join("\n");
}

const notMeasured = (target: string): Verdict => ({ target, met: undefined, found: "not measured" });

/** @param show A value with its unit. */
function atMost(target: string, most: number, value: number, show: (value: number) => string): Verdict {
  const met = value <= most;
  return { target, met, found: met ? show(value) : `${show(value)}, ${show(value - most)} too much` };
}

function cpu({ scenarios }: BenchResult, scenario: string, variant: string, most: number): Verdict {
  const target = `${scenario}, ${variant}: at most ${most.toFixed(2)} of the bare pair's processor time`;
  const bare = scenarios[scenario]?.bare;
  const measured = scenarios[scenario]?.[variant];
  if (bare === undefined || measured === undefined) return notMeasured(target);
  return atMost(target, most, ratioTo(bare, measured).ratio, (ratio) => ratio.toFixed(3));
}

function latency({ latency }: BenchResult, quantile: keyof Quantiles, most: number): Verdict {
  const target = `latency at a third of the highest load: tracing adds at most ${most} ms to ${quantile}`;
  const { bare, traced } = latency?.variants ?? {};
  if (bare === undefined || traced === undefined) return notMeasured(target);
  return atMost(target, most, differenceTo(bare, traced, quantile).difference, (ms) => `${ms.toFixed(2)} ms`);
}

function work({ work, sink }: BenchResult, kind: WorkKind): Verdict {
  const target = `${kind}: the cost grows by a constant, at most ${MAX_FROM_LINE * 100} % of the largest from a line`;
  if (work === undefined) return notMeasured(target);
  const { points, line } = work[kind];
  const largest = Math.max(...points.map(({ added }) => added));
  const { made, received } = sink[WORK] ?? { made: 0, received: 0 };
  // A span that is lost costs little, so the line of such a run would be too low.
  if (made === 0 || made !== received)
    return { target, met: false, found: `${received} of ${made} spans were received` };
  return atMost(target, MAX_FROM_LINE, line.deviation / largest, (share) => `${(share * 100).toFixed(1)} %`);
}

function noSpanLost({ sink }: BenchResult): Verdict {
  const target = "traced: no span lost at the highest load";
  const counts = sink.traced;
  if (counts === undefined) return notMeasured(target);
  const { made, received, dropped } = counts;
  return {
    target,
    met: made > 0 && made === received && dropped === 0,
    found: `${made} made, ${received} received, ${dropped} dropped`,
  };
}

function startUp({ startUpMs: { source, uncached, bundle } }: BenchResult): Verdict {
  const target = `import and start of telemetry in at most ${MAX_START_UP_MS} ms`;
  const verdict = atMost(target, MAX_START_UP_MS, source, (ms) => `${ms.toFixed(0)} ms`);
  const others = `${uncached.toFixed(0)} ms before Bun has cached it, ${bundle.toFixed(0)} ms bundled`;
  return { ...verdict, found: `${verdict.found}, from source; ${others}` };
}

function memory({ soak }: BenchResult): Verdict[] {
  const size = `traced: RSS at most ${MAX_RSS.toFixed(1)} of the bare pair's`;
  const growth = "traced: RSS does not keep growing";
  if (soak === undefined) return [size, growth].map(notMeasured);
  const { bareRss, traced } = soak;
  return [
    atMost(size, MAX_RSS, traced.rss / bareRss, (ratio) => ratio.toFixed(2)),
    { target: growth, ...isLevel(traced) },
  ];
}

function outage({ outage }: BenchResult): Verdict[] {
  const growth = "backend away: RSS does not keep growing";
  const counted = "backend away: every lost span is counted";
  if (outage === undefined) return [growth, counted].map(notMeasured);
  const { made, received, dropped, failed } = outage.spans;
  return [
    { target: growth, ...isLevel(outage) },
    {
      target: counted,
      met: made > 0 && made === received + dropped + failed,
      found: `${made} made, ${received} received, ${dropped} dropped for a full queue, ${failed} given up`,
    },
  ];
}

function isLevel({ slope: { slope, margin } }: Soak): Pick<Verdict, "met" | "found"> {
  return { met: slope - margin <= 0, found: `${slope.toFixed(1)} ± ${margin.toFixed(1)} bytes a request` };
}
