/**
 * The metrics that the SDK keeps about itself. Counted as plain numbers and read when metrics are collected: adding to
 * an instrument for each span would cost more than the rest of its processing.
 */
import type { MeterProvider } from "@opentelemetry/api";
import { SamplingDecision } from "@opentelemetry/sdk-trace-base";
import { ATTR_ERROR_TYPE } from "../semconv.ts";
import type { QueueTotals } from "./queue-totals.ts";
import {
  ATTR_OTEL_COMPONENT_NAME,
  ATTR_OTEL_COMPONENT_TYPE,
  ATTR_OTEL_SPAN_PARENT_ORIGIN,
  ATTR_OTEL_SPAN_SAMPLING_RESULT,
  METRIC_OTEL_SDK_SPAN_LIVE,
  METRIC_OTEL_SDK_SPAN_STARTED,
  sdkMetricNames,
} from "./sdk-semconv.ts";

const METER_NAME = "@baton/telemetry/sdk";
const origins = ["none", "remote", "local"] as const;
const results: readonly (readonly [SamplingDecision, string])[] = [
  [SamplingDecision.NOT_RECORD, "DROP"],
  [SamplingDecision.RECORD, "RECORD_ONLY"],
  [SamplingDecision.RECORD_AND_SAMPLED, "RECORD_AND_SAMPLE"],
];

export interface SpanCounts {
  started(origin: (typeof origins)[number], decision: SamplingDecision): void;
  /** +1 when a recorded span starts, -1 when it ends. */
  live(change: 1 | -1): void;
}

/** @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/#span-metrics */
export function watchSpans(meterProvider: MeterProvider): SpanCounts {
  const started = { none: [0, 0, 0], remote: [0, 0, 0], local: [0, 0, 0] };
  let live = 0;
  const meter = meterProvider.getMeter(METER_NAME);
  const unit = "{span}";
  meter
    .createObservableCounter(METRIC_OTEL_SDK_SPAN_STARTED, { unit, description: "Spans created." })
    .addCallback((result) => {
      for (const origin of origins) {
        for (const [decision, name] of results) {
          const attributes = { [ATTR_OTEL_SPAN_PARENT_ORIGIN]: origin, [ATTR_OTEL_SPAN_SAMPLING_RESULT]: name };
          const count = started[origin][decision] ?? 0;
          if (count > 0) result.observe(count, attributes);
        }
      }
    });
  meter
    .createObservableUpDownCounter(METRIC_OTEL_SDK_SPAN_LIVE, { unit, description: "Recorded spans not ended yet." })
    .addCallback((result) => result.observe(live, { [ATTR_OTEL_SPAN_SAMPLING_RESULT]: "RECORD_AND_SAMPLE" }));
  return {
    started: (origin, decision) => {
      const counts = started[origin];
      counts[decision] = (counts[decision] ?? 0) + 1;
    },
    live: (change) => {
      live += change;
    },
  };
}

/** How many of one component there are in the process, so that each has a name of its own. */
const instances = new Map<string, number>();

function componentAttributes(type: string): Record<string, string> {
  const index = instances.get(type) ?? 0;
  instances.set(type, index + 1);
  return { [ATTR_OTEL_COMPONENT_TYPE]: type, [ATTR_OTEL_COMPONENT_NAME]: `${type}/${index}` };
}

export interface QueueMetricsOptions {
  readonly item: "span" | "log";
  readonly totals: Readonly<QueueTotals>;
  readonly exporterType: string;
  readonly capacity: number;
}

/** @see https://opentelemetry.io/docs/specs/semconv/otel/sdk-metrics/#metric-otelsdkprocessorspanprocessed */
export function observeQueue(meterProvider: MeterProvider, options: QueueMetricsOptions): void {
  const { item, totals } = options;
  const names = sdkMetricNames(item);
  const unit = item === "span" ? "{span}" : "{log_record}";
  const processor = componentAttributes(`batching_${item}_processor`);
  const exporter = componentAttributes(options.exporterType);
  const meter = meterProvider.getMeter(METER_NAME);
  const upDown = (name: string, description: string, read: () => number, attributes: Record<string, string>): void => {
    meter
      .createObservableUpDownCounter(name, { unit, description })
      .addCallback((result) => result.observe(read(), attributes));
  };
  upDown(names.queueSize, "Waiting to be exported.", () => totals.queued, processor);
  upDown(names.queueCapacity, "The most that can wait.", () => options.capacity, processor);
  upDown(names.inflight, "Being exported.", () => totals.inFlight, exporter);
  meter
    .createObservableCounter(names.processed, { unit, description: "Given to the exporter, or dropped before." })
    .addCallback((result) => {
      result.observe(totals.processed, processor);
      result.observe(totals.droppedFull, { ...processor, [ATTR_ERROR_TYPE]: "queue_full" });
      result.observe(totals.droppedClosed, { ...processor, [ATTR_ERROR_TYPE]: "already_shutdown" });
    });
  meter
    .createObservableCounter(names.exported, { unit, description: "Exported, or given up after the last try." })
    .addCallback((result) => {
      result.observe(totals.exported, exporter);
      for (const [type, count] of totals.failed) result.observe(count, { ...exporter, [ATTR_ERROR_TYPE]: type });
    });
}
