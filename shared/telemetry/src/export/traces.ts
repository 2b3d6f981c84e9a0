/** From the configuration to a tracer provider: sampler, limits, processors, and the numbers about them. */
import { type Context, type MeterProvider, type SpanContext, TraceFlags, trace } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import type { SamplerName, TelemetryConfig } from "../config/types.ts";
import { type Report, withoutDiagnostics } from "../diagnostics.ts";
import { type BatchQueue, createBatchQueue } from "./batch-queue.ts";
import { createJsonTraceSender, createTraceSender } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import { observeQueue, type SpanCounts, watchSpans } from "./sdk-metrics.ts";
import type { Sender } from "./sender.ts";
import { createSpanEncoder } from "./span-encoding.ts";

export interface TracePipelineOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly meterProvider: MeterProvider;
  readonly report: Report;
  /** Run before the exporters' own, in order. */
  readonly processors: readonly SpanProcessor[];
  readonly shutdownTimeoutMs: number;
}

export interface TracePipeline {
  readonly provider: BasicTracerProvider;
}

export function createTracePipeline(options: TracePipelineOptions): TracePipeline {
  const { config, meterProvider, processors } = options;
  const counts = watchSpans(meterProvider);
  const exporting = config.traces.exporters.map((name) =>
    name === "otlp" ? createOtlpProcessor(options) : new SimpleSpanProcessor(new ConsoleSpanExporter()),
  );
  // Everything is given: the SDK reads the environment by itself for whatever is left out, and complains of it again.
  const provider = withoutDiagnostics(
    () =>
      new BasicTracerProvider({
        resource: options.resource,
        sampler: countSpans(createSampler(config.sampler.name, config.sampler.ratio), counts),
        spanLimits: { ...config.spanLimits },
        forceFlushTimeoutMillis: options.shutdownTimeoutMs,
        spanProcessors: [liveSpanCounter(counts), ...processors, ...exporting],
      }),
  );
  return { provider };
}

export function createSampler(name: SamplerName, ratio: number): Sampler {
  switch (name) {
    case "always_on":
      return new AlwaysOnSampler();
    case "always_off":
      return new AlwaysOffSampler();
    case "traceidratio":
      return new TraceIdRatioBasedSampler(ratio);
    case "parentbased_always_on":
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case "parentbased_always_off":
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case "parentbased_traceidratio":
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}

function createOtlpProcessor(options: TracePipelineOptions): SpanProcessor {
  const { otlp } = options.config.traces;
  return otlp.protocol === "http/json"
    ? createQueueProcessor(createJsonTraceSender(otlp), (span) => span, options)
    : createQueueProcessor(createTraceSender(otlp), createSpanEncoder(), options);
}

function createQueueProcessor<T>(
  sender: Sender<T[]>,
  toItem: (span: ReadableSpan) => T,
  { config, report, meterProvider, shutdownTimeoutMs }: TracePipelineOptions,
): SpanProcessor {
  const queue = createBatchQueue(sender, config.traces.batch, createOutageLog("spans", sender.target, report));
  observeQueue(meterProvider, {
    item: "span",
    totals: queue.totals,
    exporterType: sender.componentType,
    capacity: config.traces.batch.maxQueueSize,
  });
  return createBatchSpanProcessor(queue, toItem, shutdownTimeoutMs);
}

/** Queues sampled spans as they end. */
export function createBatchSpanProcessor<T>(
  queue: BatchQueue<T>,
  toItem: (span: ReadableSpan) => T,
  shutdownTimeoutMs: number,
): SpanProcessor {
  return {
    onStart: () => {},
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & TraceFlags.SAMPLED) === 0) return;
      // Asked first: what is dropped in an outage is not encoded before.
      if (queue.admits()) queue.push(toItem(span));
    },
    forceFlush: () => queue.flush(),
    shutdown: () => queue.shutdown(shutdownTimeoutMs),
  };
}

/** Only a sampler hears of every span, also of those that are not recorded. */
function countSpans(sampler: Sampler, counts: SpanCounts): Sampler {
  return {
    // Named one by one: gathering and spreading the rest was a tenth of a span's start.
    shouldSample: (parent: Context, traceId, name, kind, attributes, links) => {
      const result = sampler.shouldSample(parent, traceId, name, kind, attributes, links);
      counts.started(parentOrigin(trace.getSpanContext(parent)), result.decision);
      return result;
    },
    toString: () => sampler.toString(),
  };
}

function parentOrigin(parent: SpanContext | undefined): "none" | "remote" | "local" {
  if (parent === undefined) return "none";
  return parent.isRemote ? "remote" : "local";
}

function liveSpanCounter(counts: SpanCounts): SpanProcessor {
  return {
    onStart: () => counts.live(1),
    onEnd: () => counts.live(-1),
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
