/**
 * Series of a histogram, each looked up once.
 *
 * For every value that is recorded the SDK's storage sorts the attributes and writes them out as JSON, to find the
 * series that they name. So a series is looked up where its attributes are first seen, and keeps its next values for a
 * moment: the SDK gets them many at a time, under a stand-in with one small attribute, and whoever reads the metrics gets
 * all values up to that moment and the attributes themselves. Aggregation, temporality and limits stay the SDK's: it sees
 * the same values, and as many series as there are sets of attributes.
 */
import { type Attributes, type Histogram, type Meter, ROOT_CONTEXT } from "@opentelemetry/api";
import type { IMetricReader, MetricProducer, ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** One set of attributes of one histogram. Keep it: to record to it costs next to nothing. */
export interface Series {
  record(value: number): void;
}

export interface SeriesHistogram {
  /** The attributes are copied. */
  series(attributes: Attributes): Series;
}

/** The series of one meter provider: what its readers fetch before they read. */
export interface SeriesBook {
  /** Marks a meter of the provider, all of whose readers come from `reader()`. */
  meter<M extends Meter>(meter: M): M;
  /** The reader, with all values recorded so far and with the attributes in the place of their stand-ins. */
  reader(reader: IMetricReader): IMetricReader;
}

/** As many sets as the SDK keeps of one instrument. Those that come later are recorded as they are. */
const MAX_SETS = 2000;
/** Values that a series keeps, at most: enough for the lookup to cost nothing, and half a kilobyte. */
const MAX_VALUES = 64;

const standIns = new Map<string, Attributes>();
const sets = new Map<Attributes, Attributes>();
const books = new WeakMap<Meter, Set<BufferedSeries>>();

export function createSeriesBook(): SeriesBook {
  const book = new Set<BufferedSeries>();
  return {
    meter: (meter) => {
      books.set(meter, book);
      return meter;
    },
    reader: (reader) => readingReader(reader, book),
  };
}

/** Looks up series of a histogram; without a book of the meter they record at once. */
export function withSeries(meter: Meter, histogram: Histogram): SeriesHistogram {
  const book = books.get(meter);
  const known = new Map<string, Series>();
  return {
    series: (attributes) => {
      const text = textOf(attributes);
      let series = known.get(text);
      if (series === undefined) {
        // One that is not kept must not keep values either: nobody would come back to it.
        const isKept = known.size < MAX_SETS;
        series = createSeries(histogram, { ...attributes }, text, isKept ? book : undefined);
        if (isKept) known.set(text, series);
      }
      return series;
    },
  };
}

function createSeries(
  histogram: Histogram,
  attributes: Attributes,
  text: string,
  book: Set<BufferedSeries> | undefined,
): Series {
  const standIn = book === undefined ? undefined : standInFor(attributes, text);
  if (book === undefined || standIn === undefined) return { record: (value) => histogram.record(value, attributes) };
  const series = new BufferedSeries(histogram, standIn);
  book.add(series);
  return series;
}

class BufferedSeries implements Series {
  readonly #histogram: Histogram;
  readonly #attributes: Attributes;
  readonly #values = new Float64Array(MAX_VALUES);
  #count = 0;
  #isFirst = true;

  constructor(histogram: Histogram, attributes: Attributes) {
    this.#histogram = histogram;
    this.#attributes = attributes;
  }

  record(value: number): void {
    if (this.#isFirst) {
      // At once: the SDK takes the moment of a series' first value for the start of its interval.
      this.#isFirst = false;
      this.#histogram.record(value, this.#attributes);
      return;
    }
    this.#values[this.#count++] = value;
    if (this.#count === MAX_VALUES) this.#handOver();
  }

  beforeReading(): void {
    this.#handOver();
    this.#isFirst = true;
  }

  #handOver(): void {
    const values = this.#values;
    const count = this.#count;
    this.#count = 0;
    // Not in the context of whoever records the last of them: the others are not his.
    for (let index = 0; index < count; index++) {
      this.#histogram.record(values[index] ?? 0, this.#attributes, ROOT_CONTEXT);
    }
  }
}

function standInFor(attributes: Attributes, text: string): Attributes | undefined {
  const known = standIns.get(text);
  if (known !== undefined) return known;
  if (sets.size >= MAX_SETS) return undefined;
  const standIn = { set: sets.size };
  standIns.set(text, standIn);
  sets.set(standIn, attributes);
  return standIn;
}

/** Different for different sets: each text has its length before it, whatever it contains. */
function textOf(attributes: Attributes): string {
  let text = "";
  for (const key in attributes) {
    const value = attributes[key];
    text += typeof value === "string" ? `${key} ${value.length} ${value}` : `${key} ${JSON.stringify(value)} `;
  }
  return text;
}

function readingReader(reader: IMetricReader, book: Set<BufferedSeries>): IMetricReader {
  return {
    setMetricProducer: (producer) => reader.setMetricProducer(readingProducer(producer, book)),
    selectAggregation: (type) => reader.selectAggregation(type),
    selectAggregationTemporality: (type) => reader.selectAggregationTemporality(type),
    selectCardinalityLimit: (type) => reader.selectCardinalityLimit(type),
    collect: (options) => reader.collect(options),
    forceFlush: (options) => reader.forceFlush(options),
    shutdown: (options) => reader.shutdown(options),
  };
}

function readingProducer(producer: MetricProducer, book: Set<BufferedSeries>): MetricProducer {
  return {
    collect: async (options) => {
      for (const series of book) series.beforeReading();
      const { resourceMetrics, errors } = await producer.collect(options);
      return { resourceMetrics: expand(resourceMetrics), errors };
    },
  };
}

function expand({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics {
  for (const { metrics } of scopeMetrics) {
    for (const { dataPoints } of metrics) {
      for (const [index, point] of dataPoints.entries()) {
        const attributes = sets.get(point.attributes);
        if (attributes !== undefined) dataPoints[index] = { ...point, attributes };
      }
    }
  }
  return { resource, scopeMetrics };
}
