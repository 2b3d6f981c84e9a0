/** The targets of the benchmark. They are never changed to fit the numbers. */
import { ratioTo } from "./measure.ts";
import type { BenchResult } from "./result.ts";
import type { Soak } from "./soak.ts";

export interface Verdict {
  readonly target: string;
  /** `undefined` when it was not measured. */
  readonly met: boolean | undefined;
  readonly found: string;
}

/** Processor time compared with the bare pair, by scenario and variant. */
const MAX_RATIOS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  unary: { traced: 1.4, unsampled: 1.12, disabled: 1.02 },
  "stream of 10": { traced: 1.45, unsampled: 1.18, disabled: 1.05 },
  "error 403": { traced: 1.5, unsampled: 1.2, disabled: 1.05 },
};
const MAX_START_UP_MS = 60;
const MAX_RSS = 1.3;

export function checkTargets(result: BenchResult): Verdict[] {
  return [
    ...Object.entries(MAX_RATIOS).flatMap(([scenario, ratios]) =>
      Object.entries(ratios).map(([variant, most]) => cpu(result, scenario, variant, most)),
    ),
    noSpanLost(result),
    startUp(result),
    ...memory(result),
    ...outage(result),
  ];
}

function cpu({ scenarios }: BenchResult, scenario: string, variant: string, most: number): Verdict {
  const target = `${scenario}, ${variant}: at most ${most.toFixed(2)} of the bare pair's processor time`;
  const bare = scenarios[scenario]?.bare;
  const measured = scenarios[scenario]?.[variant];
  if (bare === undefined || measured === undefined) return { target, met: undefined, found: "not measured" };
  const { ratio } = ratioTo(bare, measured);
  return { target, met: ratio <= most, found: ratio.toFixed(3) };
}

function noSpanLost({ sink }: BenchResult): Verdict {
  const target = "traced: no span lost at the highest load";
  const counts = sink.traced;
  if (counts === undefined) return { target, met: undefined, found: "not measured" };
  const { made, received, dropped } = counts;
  return {
    target,
    met: made > 0 && made === received && dropped === 0,
    found: `${made} made, ${received} received, ${dropped} dropped`,
  };
}

function startUp({ startUpMs: { source, uncached, bundle } }: BenchResult): Verdict {
  const [warm, first, bundled] = [source, uncached, bundle].map((ms) => ms.toFixed(0));
  return {
    target: `import and start of telemetry in at most ${MAX_START_UP_MS} ms`,
    met: source <= MAX_START_UP_MS,
    found: `${warm} ms from source, ${first} ms before Bun has cached it, ${bundled} ms bundled`,
  };
}

function memory({ soak }: BenchResult): Verdict[] {
  const size = `traced: RSS at most ${MAX_RSS.toFixed(1)} of the bare pair's`;
  const growth = "traced: RSS does not keep growing";
  const [bare, traced] = [soak?.bare, soak?.traced];
  if (bare === undefined || traced === undefined) {
    return [size, growth].map((target) => ({ target, met: undefined, found: "not measured (--soak)" }));
  }
  return [
    { target: size, met: traced.rss / bare.rss <= MAX_RSS, found: (traced.rss / bare.rss).toFixed(2) },
    { target: growth, ...isLevel(traced) },
  ];
}

function outage({ outage }: BenchResult): Verdict[] {
  const growth = "backend away: RSS does not keep growing";
  const counted = "backend away: every lost span is counted";
  if (outage === undefined) {
    return [growth, counted].map((target) => ({ target, met: undefined, found: "not measured (--soak)" }));
  }
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
