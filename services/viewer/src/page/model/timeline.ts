/** How a series went over time, as lines to draw. */
import type { MetricAnswer, SeriesAnswer } from "./metric.ts";

export interface Timeline {
  /** What is drawn: `per second`, `95 %`, or empty for the value itself. */
  readonly of: string;
  readonly unit: string;
  /** In the order of time. Each is from one sample to the next, with what the latter says. */
  readonly steps: readonly Step[];
}

export interface Step {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

type Count = readonly [time: number, value: number | null, p95: number | null];

/** Of what is counted: how much came in a second, and the 95th percentile of it. Of others: the value. */
export function timelinesOf(
  metric: Pick<MetricAnswer, "type" | "monotonic" | "unit">,
  series: SeriesAnswer,
): readonly Timeline[] {
  const samples = series.history ?? [];
  const isCounted = metric.type === "histogram" || metric.type === "summary" || metric.monotonic === true;
  const lines: readonly Timeline[] = isCounted
    ? [
        { of: "per second", unit: metric.type === "sum" ? metric.unit : "", steps: steps(samples, rate) },
        { of: "95 %", unit: metric.unit, steps: steps(samples, (_, [, , p95]) => p95) },
      ]
    : [{ of: "", unit: metric.unit, steps: steps(samples, (_, [, value]) => value) }];
  // One step is the number that is shown anyway.
  return lines.filter((line) => line.steps.length > 1);
}

/** A total that has fallen began anew at 0. */
function rate([from, before]: Count, [to, after]: Count): number | null {
  if (before === null || after === null) return null;
  return (after < before ? after : after - before) / ((to - from) / 1000);
}

function steps(samples: readonly Count[], read: (before: Count, after: Count) => number | null): readonly Step[] {
  return samples.slice(1).flatMap((after, index) => {
    const before = samples[index];
    const value = before ? read(before, after) : null;
    return before && value !== null ? [{ from: before[0], to: after[0], value }] : [];
  });
}
