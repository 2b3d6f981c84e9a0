/** The providers of traces, metrics and logs, and how all of them are flushed and shut down. */
import { type MeterProvider, ProxyTracerProvider, type TracerProvider } from "@opentelemetry/api";
import type { LoggerProvider } from "@opentelemetry/api-logs";
import type { Resource } from "@opentelemetry/resources";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { Sampler, SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { baggageLogProcessor, baggageSpanProcessor } from "./baggage-attributes.ts";
import type { TelemetryConfig } from "./config.ts";
import type { Report } from "./diagnostics.ts";
import type { Leftovers } from "./export/delivery.ts";
import { createLoggerProvider, NO_LOGS } from "./export/logs.ts";
import { createMeterProvider, NO_METRICS } from "./export/metrics.ts";
import type { Stopping } from "./export/retry.ts";
import { createTracerProvider } from "./export/traces.ts";
import { settlesWithin } from "./timing.ts";

export interface Signals {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProvider;
  /** Never rejects. */
  flush(): Promise<void>;
  /** Never rejects. Items that still wait near the end of the time are given up and counted. */
  shutdown(timeoutMs: number): Promise<void>;
  /** What is not sent yet. For the end of the process: nothing is recorded afterwards. */
  leftovers(): readonly Leftovers[];
  /** How long the end of the process may wait for that, in milliseconds. */
  lastMs(): number;
}

/** What an application adds to what the environment configures. */
export interface AddedProcessors {
  /** Decides which spans are recorded. @default the one that `OTEL_TRACES_SAMPLER` names */
  readonly sampler?: Sampler;
  /** In addition to the configured exporters. @default [] */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** In addition to the configured exporters. @default [] */
  readonly metricReaders?: readonly IMetricReader[];
  /** In addition to the configured exporters. @default [] */
  readonly logRecordProcessors?: readonly LogRecordProcessor[];
}

export interface SignalOptions extends AddedProcessors {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly report: Report;
  readonly shutdownTimeoutMs: number;
  readonly baggageAttributes: readonly string[];
}

/** The time to count what was given up, in milliseconds. */
const COUNTING_MS = 50;
/** The time for the last metrics, where the rest of the shutdown has used all of its time. In milliseconds. */
const LAST_METRICS_MS = 150;
/** What a shutdown keeps for both, for the last log lines and for the end of the process, in milliseconds. */
const RESERVE_MS = 500;

export function startSignals(options: SignalOptions): Signals {
  const { traces } = options.config;
  const { baggageAttributes, shutdownTimeoutMs, spanProcessors = [], metricReaders = [] } = options;
  const baggage = baggageAttributes.length > 0;
  const begun = new AbortController();
  const forItems = countdown(begun.signal);
  const forMetrics = countdown(begun.signal);
  const metrics = createMeterProvider({ ...options, readers: metricReaders, stopping: forMetrics });
  const endings: (() => Leftovers)[] = [];
  const atEnd = (leftovers: () => Leftovers): void => void endings.push(leftovers);
  const shared = { ...options, meterProvider: metrics, stopping: forItems, atEnd };
  const tracerProvider = createTracerProvider({
    ...shared,
    sampler: options.sampler,
    processors: [...(baggage ? [baggageSpanProcessor(baggageAttributes)] : []), ...spanProcessors],
  });
  const logs = createLoggerProvider({
    ...shared,
    enrich: baggage ? [baggageLogProcessor(baggageAttributes)] : [],
    processors: options.logRecordProcessors ?? [],
  });
  return {
    tracerProvider,
    meterProvider: metrics,
    loggerProvider: logs,
    flush: () => settled([tracerProvider.forceFlush(), logs.forceFlush(), metrics.forceFlush()]),
    shutdown: async (timeoutMs) => {
      begun.abort();
      await forItems.run(itemsMs(timeoutMs), () => settled([tracerProvider.shutdown(), logs.shutdown()]));
      // The metrics last, because they count what the others lost at the end.
      await forMetrics.run(Math.max(forItems.timeLeftMs(), LAST_METRICS_MS), () => settled([metrics.shutdown()]));
    },
    leftovers: () => endings.map((take) => take()),
    lastMs: () =>
      Math.min(itemsMs(shutdownTimeoutMs), traces.batch.exportTimeoutMs, Math.max(0, forItems.timeLeftMs())),
  };
}

function itemsMs(timeoutMs: number): number {
  return Math.max(timeoutMs - RESERVE_MS, timeoutMs / 2);
}

interface Countdown extends Stopping {
  /** Resolves when the work is done, or soon after the timeout. */
  run(timeoutMs: number, work: () => Promise<void>): Promise<void>;
}

function countdown(begun: AbortSignal): Countdown {
  const timeIsUp = new AbortController();
  let endsAt = Number.POSITIVE_INFINITY;
  return {
    begun,
    timeIsUp: timeIsUp.signal,
    timeLeftMs: () => endsAt - performance.now(),
    run: async (timeoutMs, work) => {
      endsAt = performance.now() + timeoutMs;
      const timer = setTimeout(() => timeIsUp.abort(), timeoutMs);
      await settlesWithin(work(), timeoutMs + COUNTING_MS);
      clearTimeout(timer);
    },
  };
}

/** Spans that only pass on the context that came in, and meters and loggers that do nothing. */
export function disabledSignals(): Signals {
  return {
    tracerProvider: new ProxyTracerProvider(),
    meterProvider: NO_METRICS,
    loggerProvider: NO_LOGS,
    flush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
    leftovers: () => [],
    lastMs: () => 0,
  };
}

async function settled(work: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(work);
}
