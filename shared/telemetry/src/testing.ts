/** Telemetry in memory, for tests: what was recorded can be read at once, and nothing is exported. */
import { type Attributes, type SpanContext, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { SeverityNumber } from "@opentelemetry/api-logs";
import { hrTimeToMilliseconds } from "@opentelemetry/core";
import type { LogRecordProcessor, ReadWriteLogRecord } from "@opentelemetry/sdk-logs";
import { type MetricData, MetricReader } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type StartedTelemetry, startTelemetry, type TelemetryOptions } from "./start.ts";

/** A finished span as a plain object, so that `toEqual` prints something that can be read. */
export interface TestSpan {
  readonly name: string;
  readonly kind: keyof typeof SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly parentIsRemote: boolean;
  readonly traceState: string | undefined;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly attributes: Attributes }[];
  readonly links: readonly { readonly context: SpanContext; readonly attributes: Attributes }[];
  readonly status: keyof typeof SpanStatusCode;
  readonly statusMessage: string | undefined;
  readonly startTimeMs: number;
  readonly durationMs: number;
}

export interface TestLog {
  readonly severityNumber: SeverityNumber | undefined;
  readonly severityText: string | undefined;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
}

export interface TestMetric {
  readonly name: string;
  readonly unit: string;
  readonly dataPoints: readonly { readonly attributes: Attributes; readonly value: unknown }[];
}

export interface TestTelemetry {
  readonly telemetry: StartedTelemetry;
  /** Ended spans, in the order in which they ended. */
  spans(): readonly TestSpan[];
  /** Resolves when so many spans have ended, or the predicate is true. Rejects after 5 s, and lists the ended spans. */
  waitForSpans(condition: number | ((spans: readonly TestSpan[]) => boolean)): Promise<readonly TestSpan[]>;
  logs(): readonly TestLog[];
  /** Collects now. */
  metrics(): Promise<readonly TestMetric[]>;
  /** Forgets spans and logs recorded so far; metrics go on from where they are. */
  reset(): void;
  shutdown(): Promise<void>;
}

/** The defaults of `env`. */
const NO_EXPORTERS = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
const WAIT_MS = 5000;

/** Takes what `startTelemetry` takes. By default it registers nothing, reports nothing and exports nothing. */
export function startTestTelemetry(options: Partial<TelemetryOptions> = {}): TestTelemetry {
  const spans = spanMemory();
  const records: TestLog[] = [];
  const reader = new TestReader();
  const telemetry = startTelemetry({
    serviceName: "test",
    register: false,
    onReport: () => {},
    ...options,
    env: { ...NO_EXPORTERS, ...options.env },
    spanProcessors: [...(options.spanProcessors ?? []), spans.processor],
    metricReaders: [...(options.metricReaders ?? []), reader],
    logRecordProcessors: [...(options.logRecordProcessors ?? []), logMemory(records)],
  });
  return {
    telemetry,
    spans: () => [...spans.ended],
    waitForSpans: spans.wait,
    logs: () => [...records],
    metrics: async () => {
      const { resourceMetrics } = await reader.collect();
      return resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics.map(toTestMetric));
    },
    reset: () => {
      spans.ended.length = 0;
      records.length = 0;
    },
    shutdown: () => telemetry.shutdown(),
  };
}

class TestReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

interface SpanMemory {
  readonly processor: SpanProcessor;
  readonly ended: TestSpan[];
  readonly wait: TestTelemetry["waitForSpans"];
}

function spanMemory(): SpanMemory {
  const ended: TestSpan[] = [];
  const listeners = new Set<() => void>();
  const nothing = (): Promise<void> => Promise.resolve();
  const onEnd = (span: ReadableSpan): void => {
    ended.push(toTestSpan(span));
    for (const listener of listeners) listener();
  };
  const wait: TestTelemetry["waitForSpans"] = (condition) => {
    const met = (): boolean => (typeof condition === "number" ? ended.length >= condition : condition([...ended]));
    const { promise, resolve, reject } = Promise.withResolvers<readonly TestSpan[]>();
    const late = (): void => {
      const found = ended.map(({ name, kind }) => `${kind} ${name}`).join(", ");
      reject(new Error(`Spans did not come within ${WAIT_MS} ms. Ended: ${found}`));
    };
    const timer = setTimeout(late, WAIT_MS);
    const check = (): void => {
      if (met()) resolve([...ended]);
    };
    listeners.add(check);
    check();
    return promise.finally(() => {
      clearTimeout(timer);
      listeners.delete(check);
    });
  };
  return { processor: { onStart: () => {}, onEnd, forceFlush: nothing, shutdown: nothing }, ended, wait };
}

function logMemory(records: TestLog[]): LogRecordProcessor {
  const onEmit = (record: ReadWriteLogRecord): void => {
    records.push({
      severityNumber: record.severityNumber,
      severityText: record.severityText,
      body: record.body,
      attributes: { ...record.attributes },
      traceId: record.spanContext?.traceId,
      spanId: record.spanContext?.spanId,
    });
  };
  return { onEmit, forceFlush: () => Promise.resolve(), shutdown: () => Promise.resolve() };
}

function toTestSpan(span: ReadableSpan): TestSpan {
  const { traceId, spanId, traceState } = span.spanContext();
  return {
    name: span.name,
    kind: SpanKind[span.kind] as TestSpan["kind"],
    traceId,
    spanId,
    parentSpanId: span.parentSpanContext?.spanId,
    parentIsRemote: span.parentSpanContext?.isRemote === true,
    traceState: traceState?.serialize(),
    attributes: { ...span.attributes },
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
    links: span.links.map(({ context, attributes = {} }) => ({ context, attributes })),
    status: SpanStatusCode[span.status.code] as TestSpan["status"],
    statusMessage: span.status.message,
    startTimeMs: hrTimeToMilliseconds(span.startTime),
    durationMs: hrTimeToMilliseconds(span.duration),
  };
}

function toTestMetric(metric: MetricData): TestMetric {
  return {
    name: metric.descriptor.name,
    unit: metric.descriptor.unit,
    dataPoints: metric.dataPoints.map(({ attributes, value }) => ({ attributes, value })),
  };
}
