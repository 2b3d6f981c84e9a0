import { describe, expect, test } from "bun:test";
import type { MetricPoint, MetricValue } from "../records.ts";
import { SAMPLE_FIELDS } from "./history.ts";
import { beginSeries, continueSeries, type Series, type SeriesOf } from "./series.ts";

const COUNTER: SeriesOf = { type: "sum", monotonic: true, temporality: "cumulative" };
const DELTA: SeriesOf = { type: "sum", monotonic: true, temporality: "delta" };
const DELTA_HISTOGRAM: SeriesOf = { type: "histogram", monotonic: false, temporality: "delta" };

type Sent = readonly [from: number, to: number, value: MetricValue | number | string | undefined];

function follow(of: SeriesOf, ...sent: readonly Sent[]) {
  const points = sent.map(([from, to, value]): MetricPoint => {
    const isPlain = typeof value === "number" || typeof value === "string";
    return {
      attributes: [],
      exemplars: [],
      startTime: BigInt(from),
      time: BigInt(to),
      value: isPlain ? { value } : value,
    };
  });
  const [first, ...rest] = points;
  if (!first) throw new Error("no point");
  return rest.reduce<Series>((series, point) => continueSeries(of, series, point), beginSeries(of, first));
}

describe("a delta", () => {
  test("is added up, from the first start to the last end", () => {
    expect(follow(DELTA, [1, 2, 10], [2, 3, 1])).toMatchObject({
      startTime: 1n,
      time: 3n,
      value: { value: 11 },
      gaps: [],
      restarts: 0,
    });
  });

  test("stays exact, whole or not", () => {
    expect(follow(DELTA, [1, 2, "9007199254740993"], [2, 3, 1]).value).toEqual({ value: "9007199254740994" });
    expect(follow(DELTA, [1, 2, 0.5], [2, 3, 1]).value).toEqual({ value: 1.5 });
    expect(follow(DELTA, [1, 2, "NaN"], [2, 3, 1]).value).toEqual({ value: "NaN" });
  });

  test("that is sent again counts once, one that was overtaken counts", () => {
    expect(follow(DELTA, [1, 2, 10], [2, 3, 1], [2, 3, 1], [1, 2, 10]).value).toEqual({ value: 11 });
    expect(follow(DELTA, [2, 3, 1], [1, 2, 10])).toMatchObject({ startTime: 1n, time: 3n, value: { value: 11 } });
  });

  test("has a gap where nothing came, until it comes", () => {
    expect(follow(DELTA, [1, 2, 10], [3, 4, 1]).gaps).toEqual([{ from: 2n, to: 3n }]);
    expect(follow(DELTA, [1, 2, 10], [3, 4, 1], [2, 3, 5])).toMatchObject({ gaps: [], value: { value: 16 } });
  });

  test("of a histogram adds each bucket; with other buckets it begins anew", () => {
    const one = { count: 2, sum: 3, min: 1, max: 2, bounds: [1], counts: [1, 1] };
    const two = { count: 1, sum: 9, min: 9, max: 9, bounds: [1], counts: [0, 1] };
    expect(follow(DELTA_HISTOGRAM, [1, 2, one], [2, 3, two]).value).toEqual({
      count: 3,
      sum: 12,
      min: 1,
      max: 9,
      bounds: [1],
      counts: [1, 2],
    });
    expect(follow(DELTA_HISTOGRAM, [1, 2, one], [2, 3, { ...two, min: null }]).value).toMatchObject({ min: null });
    const other = { ...two, bounds: [5] };
    expect(follow(DELTA_HISTOGRAM, [1, 2, one], [2, 3, other])).toMatchObject({ value: other, restarts: 1 });
  });
});

describe("a cumulative count", () => {
  test("is what it last was; what is older does not come back", () => {
    expect(follow(COUNTER, [1, 2, 5], [1, 4, 7], [1, 3, 6])).toMatchObject({ value: { value: 7 }, restarts: 0 });
  });

  test("has begun anew where its start changed, or where it fell", () => {
    expect(follow(COUNTER, [1, 2, 5], [3, 4, 7])).toMatchObject({ startTime: 3n, value: { value: 7 }, restarts: 1 });
    expect(follow(COUNTER, [0, 2, 5], [0, 4, 1], [0, 5, 2])).toMatchObject({ value: { value: 2 }, restarts: 1 });
  });

  test("that may fall has not", () => {
    expect(follow({ ...COUNTER, monotonic: false }, [1, 2, 5], [1, 4, 1]).restarts).toBe(0);
    expect(follow({ ...COUNTER, type: "gauge" }, [1, 2, 5], [3, 4, 1]).restarts).toBe(0);
  });
});

test("a series that has stopped keeps its last value and says so, until it goes on", () => {
  for (const of of [COUNTER, DELTA]) {
    expect(follow(of, [1, 2, 5], [2, 3, undefined])).toMatchObject({ value: { value: 5 }, stopped: true });
    expect(follow(of, [1, 2, 5], [2, 3, undefined], [3, 4, 6])).toMatchObject({ stopped: false });
  }
});

describe("the history", () => {
  const SECOND = 1_000_000_000;

  function samplesOf({ history }: Series): readonly (readonly number[])[] {
    return Array.from({ length: history.length / SAMPLE_FIELDS }, (_, index) => [
      ...history.subarray(index * SAMPLE_FIELDS, (index + 1) * SAMPLE_FIELDS),
    ]);
  }

  test("of a count begins with nothing, and has a total for each point", () => {
    const sent = [
      [SECOND, 2 * SECOND, 10],
      [SECOND, 3 * SECOND, 15],
    ] as const;
    const samples = [
      [1000, 0, Number.NaN],
      [2000, 10, Number.NaN],
      [3000, 15, Number.NaN],
    ];
    expect(samplesOf(follow(COUNTER, ...sent))).toEqual(samples);
    expect(samplesOf(follow(DELTA, [SECOND, 2 * SECOND, 10], [2 * SECOND, 3 * SECOND, 5]))).toEqual(samples);
  });

  test("of a delta that is late has its total at the last moment, once", () => {
    const found = samplesOf(follow(DELTA, [2 * SECOND, 3 * SECOND, 1], [SECOND, 2 * SECOND, 10]));
    expect(found.map(([time, value]) => [time, value])).toEqual([
      [2000, 0],
      [3000, 11],
    ]);
  });

  test("of a count that began anew has nothing where it began", () => {
    const found = samplesOf(follow(COUNTER, [SECOND, 2 * SECOND, 10], [3 * SECOND, 4 * SECOND, 10]));
    expect(found.map(([time, value]) => [time, value])).toEqual([
      [1000, 0],
      [2000, 10],
      [3000, 0],
      [4000, 10],
    ]);
  });

  test("of a gauge has its values, and a point that is late changes no other time", () => {
    const gauge: SeriesOf = { type: "gauge", monotonic: false, temporality: "unspecified" };
    const sent = [
      [0, 2 * SECOND, 7],
      [0, 3 * SECOND, -1],
      [0, 2 * SECOND, 99],
    ] as const;
    expect(samplesOf(follow(gauge, ...sent))).toEqual([
      [2000, 7, Number.NaN],
      [3000, -1, Number.NaN],
    ]);
  });

  test("of a histogram has the percentile of what is new", () => {
    const histogram: SeriesOf = { type: "histogram", monotonic: false, temporality: "cumulative" };
    const ends = { sum: null, min: 0, max: 3 };
    const one = { count: 100, bounds: [1, 2], counts: [100, 0, 0], ...ends };
    const two = { count: 200, bounds: [1, 2], counts: [100, 100, 0], ...ends };
    const found = samplesOf(follow(histogram, [SECOND, 2 * SECOND, one], [SECOND, 3 * SECOND, two]));
    expect(found.slice(1)).toEqual([
      [2000, 100, 0.95],
      [3000, 200, 1.95],
    ]);
  });

  test("stays bounded, begins where it began and ends where it ends", () => {
    const sent = Array.from({ length: 1000 }, (_, index): Sent => [SECOND, (index + 2) * SECOND, index + 1]);
    const samples = samplesOf(follow(COUNTER, ...sent));
    expect(samples.length).toBeLessThanOrEqual(64);
    expect([samples[0]?.slice(0, 2), samples.at(-1)?.slice(0, 2)]).toEqual([
      [1000, 0],
      [1_001_000, 1000],
    ]);
    const times = samples.map(([time = 0]) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});
