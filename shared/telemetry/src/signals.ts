/** The three signals of one telemetry: their providers, and how all of them are flushed and ended. */
import {
  type Context,
  createNoopMeter,
  type MeterProvider,
  ProxyTracerProvider,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
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
import { SCOPE, VERSION } from "./scope.ts";
import { SCHEMA_URL } from "./semconv.ts";
import { createDropTest, createLeanTracer } from "./tracer.ts";

export interface Signals {
  readonly tracerProvider: TracerProvider;
  /** Of this package. */
  readonly tracer: Tracer;
  /** Is a span below this parent dropped, whatever it is about? False also where only the sampler knows. */
  readonly drops: (parent: Context) => boolean;
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
  const drops = createDropTest(options.config.sampler.name);
  return {
    tracerProvider,
    tracer: createLeanTracer({
      tracer: tracerProvider.getTracer(SCOPE, VERSION, { schemaUrl: SCHEMA_URL }),
      drops,
      idGenerator: traces.idGenerator,
      onDropped: traces.countDropped,
    }),
    drops,
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
    tracer: tracerProvider.getTracer(SCOPE),
    drops: () => true,
    meterProvider: { getMeter: () => createNoopMeter() },
    loggerProvider: { getLogger: () => createNoopLogger() },
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}

async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
}
