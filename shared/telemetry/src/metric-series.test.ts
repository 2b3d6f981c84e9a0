import { expect, test } from "bun:test";
import type { Attributes } from "@opentelemetry/api";
import { AggregationTemporality, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import { expandingReader, markExpanded, withStandIns } from "./metric-series.ts";

class Reader extends MetricReader {
  constructor(temporality: AggregationTemporality) {
    super({ aggregationTemporalitySelector: () => temporality, cardinalitySelector: () => 5000 });
  }
  protected override onForceFlush = () => Promise.resolve();
  protected override onShutdown = () => Promise.resolve();
}

/** The same sets recorded twice: by the SDK alone, and with stand-ins. */
async function compare(temporality: AggregationTemporality, rounds: readonly (readonly Attributes[])[]) {
  const [plain, ours] = [new Reader(temporality), new Reader(temporality)];
  const readers = [plain, expandingReader(ours)];
  const histograms = readers.map((reader) => {
    const meter = markExpanded(new MeterProvider({ readers: [reader] }).getMeter("t"));
    const histogram = meter.createHistogram("h");
    return reader === plain ? histogram : withStandIns(meter, histogram);
  });
  for (const sets of rounds) {
    for (const set of sets) for (const histogram of histograms) histogram.record(sets.indexOf(set) + 1, set);
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
  test(`series are those of the SDK, collection after collection (${AggregationTemporality[temporality]})`, async () => {
    await compare(temporality, [similar, similar.slice(0, 3), [], similar]);
  });
}

test("what was recorded does not change when the caller's object does", async () => {
  const reader = new Reader(AggregationTemporality.CUMULATIVE);
  const meter = markExpanded(new MeterProvider({ readers: [expandingReader(reader)] }).getMeter("t"));
  const attributes: Attributes = { first: "time" };
  withStandIns(meter, meter.createHistogram("h")).record(1, attributes);
  attributes.first = "changed";
  expect((await points(reader)).map((point) => point.attributes)).toEqual([{ first: "time" }]);
});

test("a meter with other readers gets the attributes themselves", () => {
  const meter = new MeterProvider().getMeter("t");
  const histogram = meter.createHistogram("h");
  expect(withStandIns(meter, histogram)).toBe(histogram);
});

test("sets beyond the limit are recorded as they are", async () => {
  const many = Array.from({ length: 2500 }, (_, index) => ({ index }));
  await compare(AggregationTemporality.CUMULATIVE, [many]);
});
