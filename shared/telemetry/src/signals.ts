/** The three signals of one telemetry: their providers, and how all of them are flushed and ended. */
import { createNoopMeter, type MeterProvider, ProxyTracerProvider, type TracerProvider } from "@opentelemetry/api";
import { createNoopLogger, type LoggerProvider } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { baggageLogProcessor, baggageSpanProcessor } from "./baggage-attributes.ts";
import type { TelemetryConfig } from "./config.ts";
import type { Report } from "./diagnostics.ts";
import { createLogPipeline } from "./export/logs.ts";
import { createMetricPipeline } from "./export/metrics.ts";
import { createTracePipeline } from "./export/traces.ts";

export interface Signals {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProvider;
  /** Never rejects. */
  flush(): Promise<void>;
  /** Never rejects. What still waits when the signal aborts is dropped and counted, which takes a moment longer. */
  shutdown(late: AbortSignal): Promise<void>;
}

export interface SignalOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly report: Report;
  readonly shutdownTimeoutMs: number;
  readonly baggageAttributes: readonly string[];
  readonly spanProcessors?: readonly SpanProcessor[];
  readonly metricReaders?: readonly IMetricReader[];
  readonly logRecordProcessors?: readonly LogRecordProcessor[];
}

export function startSignals(options: SignalOptions): Signals {
  const { baggageAttributes, spanProcessors = [], metricReaders = [], logRecordProcessors = [] } = options;
  const baggage = baggageAttributes.length > 0;
  const metrics = createMetricPipeline({ ...options, readers: metricReaders });
  const shared = { ...options, meterProvider: metrics.provider };
  const traces = createTracePipeline({
    ...shared,
    processors: [...(baggage ? [baggageSpanProcessor(baggageAttributes)] : []), ...spanProcessors],
  });
  const logs = createLogPipeline({
    ...shared,
    enrich: baggage ? [baggageLogProcessor(baggageAttributes)] : [],
    processors: logRecordProcessors,
  });
  const tracerProvider = traces.provider;
  return {
    tracerProvider,
    meterProvider: metrics.provider,
    loggerProvider: logs.provider,
    flush: () => settled([tracerProvider.forceFlush(), logs.flush(), metrics.flush()]),
    shutdown: async (late) => {
      // The metrics last, because they tell what the others lost at their end.
      await Promise.race([settled([tracerProvider.shutdown(), logs.shutdown()]), soonAfter(late)]);
      await settled([metrics.shutdown(late)]);
    },
  };
}

/** After the signal, for what is dropped then to be counted. */
const COUNTING_MS = 50;

function soonAfter(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => setTimeout(resolve, COUNTING_MS));
  return promise;
}

/** Spans that only pass on the context that came in, and meters and loggers that do nothing. */
export function disabledSignals(): Signals {
  const tracerProvider = new ProxyTracerProvider();
  return {
    tracerProvider,
    meterProvider: { getMeter: () => createNoopMeter() },
    loggerProvider: { getLogger: () => createNoopLogger() },
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
}
