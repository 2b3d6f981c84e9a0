import { describe, expect, test } from "bun:test";
import { type Attributes, type Context, ROOT_CONTEXT } from "@opentelemetry/api";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { createSeriesBook, withSeries } from "./metric-series.ts";

class Reader extends MetricReader {
  constructor(temporality: AggregationTemporality) {
    super({ aggregationTemporalitySelector: () => temporality, cardinalitySelector: () => 5000 });
  }
  protected override onForceFlush = () => Promise.resolve();
  protected override onShutdown = () => Promise.resolve();
}

/** A histogram, and what reads it: by the SDK alone, or with series of ours. */
function histogram(reader: Reader, how: "plain" | "series") {
  const book = createSeriesBook();
  const meter = new MeterProvider({ readers: [how === "plain" ? reader : book.reader(reader)] }).getMeter("t");
  const own = withSeries(how === "plain" ? meter : book.meter(meter), meter.createHistogram("h"));
  return (value: number, set: Attributes) => own.series(set).record(value);
}

/** The same values recorded twice: by the SDK alone, and by series. */
async function compare(temporality: AggregationTemporality, rounds: readonly (readonly Attributes[])[], times = 1) {
  const [plain, ours] = [new Reader(temporality), new Reader(temporality)];
  const records = [histogram(plain, "plain"), histogram(ours, "series")];
  for (const sets of rounds) {
    for (let time = 0; time < times; time++) {
      for (const set of sets) for (const record of records) record(sets.indexOf(set) + time, set);
    }
    const [expected, found] = await Promise.all([plain, ours].map(points));
    expect(found).toEqual(expected as never);
  }
}

async function points(reader: Reader) {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ dataPoints }) => dataPoints.map(({ attributes, value }) => ({ attributes, value }))),
  );
}

async function startTimes(reader: Reader) {
  const { resourceMetrics } = await reader.collect();
  return resourceMetrics.scopeMetrics.flatMap(({ metrics }) =>
    metrics.flatMap(({ dataPoints }) => dataPoints.map(({ startTime }) => hrTimeToMilliseconds(startTime))),
  );
}

const similar: Attributes[] = [
  {},
  { a: "1" },
  { a: 1 },
  { a: "1", b: "2" },
  { a: "1b 1 2" },
  { a: "", b: "" },
  { "a 0 ": "b" },
  { set: 0 },
  { a: ["1", "2"] },
  { a: true },
];

for (const temporality of [AggregationTemporality.CUMULATIVE, AggregationTemporality.DELTA]) {
  describe(AggregationTemporality[temporality], () => {
    test("series are those of the SDK, collection after collection", async () => {
      await compare(temporality, [similar, similar.slice(0, 3), [], similar]);
    });

    // Less than a series keeps for a moment, as much, and more.
    test.each([2, 64, 65, 66, 1000])(
      "each of %i values of a series is counted, in the collection it belongs to",
      async (times) => {
        await compare(temporality, [similar, [], similar.slice(0, 2), similar], times);
      },
    );
  });
}

test("a series starts when its first value is recorded, not when the SDK gets the others", async () => {
  const reader = new Reader(AggregationTemporality.DELTA);
  const record = histogram(reader, "series");
  for (const _ of ["first interval", "one without values in between", "last"]) {
    const before = Date.now();
    record(1, { a: "1" });
    const after = Date.now();
    let now = after;
    while (now === after) now = Date.now();
    record(2, { a: "1" });
    const [start] = await startTimes(reader);
    expect(start).toBeGreaterThanOrEqual(before);
    expect(start).toBeLessThanOrEqual(after);
    expect(await startTimes(reader)).toEqual([]);
  }
});

test("what was recorded does not change when the caller's object does", async () => {
  const reader = new Reader(AggregationTemporality.CUMULATIVE);
  const attributes: Attributes = { first: "time" };
  histogram(reader, "series")(1, attributes);
  attributes.first = "changed";
  expect((await points(reader)).map((point) => point.attributes)).toEqual([{ first: "time" }]);
});

test("a meter with other readers gets the attributes themselves, at once", async () => {
  const reader = new Reader(AggregationTemporality.CUMULATIVE);
  const record = histogram(reader, "plain");
  for (let value = 0; value < 100; value++) record(value, { a: "1" });
  expect(await points(reader)).toMatchObject([{ attributes: { a: "1" }, value: { count: 100 } }]);
});

test("two histograms share a set of attributes, and no values", async () => {
  const [one, other] = [new Reader(AggregationTemporality.DELTA), new Reader(AggregationTemporality.DELTA)];
  const records = [histogram(one, "series"), histogram(other, "series")];
  for (let value = 0; value < 10; value++) records[value % 3 === 0 ? 0 : 1]?.(value, { shared: true });
  expect(await points(one)).toMatchObject([{ attributes: { shared: true }, value: { count: 4 } }]);
  expect(await points(other)).toMatchObject([{ attributes: { shared: true }, value: { count: 6 } }]);
});

test("a set beyond the limit is recorded at once, also if another histogram knows it", () => {
  const book = createSeriesBook();
  const meter = book.meter(new MeterProvider().getMeter("t"));
  const recorded: number[] = [];
  const own = { ...meter.createHistogram("h"), record: (value: number) => void recorded.push(value) };
  const shared: Attributes = { known: "elsewhere" };
  withSeries(meter, meter.createHistogram("other")).series(shared);
  const series = withSeries(meter, own);
  for (let index = 0; index < 2000; index++) series.series({ [`own ${index}`]: true });
  const late = series.series(shared);
  for (const value of [1, 2, 3]) late.record(value);
  expect(recorded).toEqual([1, 2, 3]);
});

test("sets beyond the limit are recorded as they are", async () => {
  const many = Array.from({ length: 2500 }, (_, index) => ({ index }));
  await compare(AggregationTemporality.CUMULATIVE, [many], 2);
});

test("values that were kept do not belong to the context of the last one", () => {
  const contexts = new Set<unknown>();
  const histogram = {
    record: (_value: number, _attributes?: Attributes, context?: Context) => void contexts.add(context),
  };
  const book = createSeriesBook();
  const { series } = withSeries(book.meter(new MeterProvider().getMeter("t")), histogram);
  const record = () => series({}).record(1);
  record();
  contexts.clear();
  for (let count = 0; count < 64; count++) record();
  expect([...contexts]).toEqual([ROOT_CONTEXT]);
});
