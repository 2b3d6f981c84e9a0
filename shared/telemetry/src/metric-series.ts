/**
 * Attribute sets of metrics, each made once.
 *
 * For every value that is recorded the SDK's storage sorts the attributes and writes them out as JSON, to find the
 * series that they name. So a set that was seen
 * before is recorded as a stand-in with one small attribute, and whoever reads the metrics gets the set itself.
 * Aggregation, temporality and limits stay the SDK's: it sees as many series as there are sets.
 */
import type { Attributes, Histogram, Meter } from "@opentelemetry/api";
import type { IMetricReader, MetricProducer, ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** As many as the SDK keeps of one instrument. Sets that come later are recorded as they are. */
const MAX_SETS = 2000;

const standIns = new Map<string, Attributes>();
const sets = new Map<Attributes, Attributes>();
/** Meters whose readers all expand what they read. */
const expanded = new WeakSet<Meter>();

export function markExpanded<M extends Meter>(meter: M): M {
  expanded.add(meter);
  return meter;
}

/** The same histogram, recording stand-ins where the meter's readers know of them. */
export function withStandIns(meter: Meter, histogram: Histogram): Histogram {
  if (!expanded.has(meter)) return histogram;
  return {
    record: (value, attributes = {}, context) => histogram.record(value, standInFor(attributes), context),
  };
}

function standInFor(attributes: Attributes): Attributes {
  const text = textOf(attributes);
  const known = standIns.get(text);
  if (known !== undefined) return known;
  if (sets.size >= MAX_SETS) return attributes;
  const standIn = { set: sets.size };
  standIns.set(text, standIn);
  sets.set(standIn, { ...attributes });
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

/** The reader, with the sets in the place of their stand-ins. */
export function expandingReader(reader: IMetricReader): IMetricReader {
  return {
    setMetricProducer: (producer) => reader.setMetricProducer(expandingProducer(producer)),
    selectAggregation: (type) => reader.selectAggregation(type),
    selectAggregationTemporality: (type) => reader.selectAggregationTemporality(type),
    selectCardinalityLimit: (type) => reader.selectCardinalityLimit(type),
    collect: (options) => reader.collect(options),
    forceFlush: (options) => reader.forceFlush(options),
    shutdown: (options) => reader.shutdown(options),
  };
}

function expandingProducer(producer: MetricProducer): MetricProducer {
  return {
    collect: async (options) => {
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
