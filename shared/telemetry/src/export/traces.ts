/** From the configuration to a tracer provider: sampler, limits, processors. */
import { type MeterProvider, TraceFlags } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BasicTracerProvider,
  BatchSpanProcessor,
  ConsoleSpanExporter,
  ParentBasedSampler,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
  TraceIdRatioBasedSampler,
} from "@opentelemetry/sdk-trace-base";
import { MAX_INT32, type SamplerName, type TelemetryConfig } from "../config.ts";
import type { Report } from "../diagnostics.ts";
import { createDelivery, observeDelivery } from "./delivery.ts";
import { describeEndpoint } from "./failure.ts";
import { createTraceExporter, exporterType, withoutOtelVariables } from "./otlp.ts";
import { createOutageLog } from "./outage-log.ts";
import { createSender, type Stopping } from "./sender.ts";

export interface TracePipelineOptions {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  readonly meterProvider: MeterProvider;
  readonly report: Report;
  /** In place of the configured one. */
  readonly sampler: Sampler | undefined;
  /** Run before the exporters' own, in order. */
  readonly processors: readonly SpanProcessor[];
  readonly shutdownTimeoutMs: number;
  readonly stopping: Stopping;
}

export function createTracerProvider(options: TracePipelineOptions): BasicTracerProvider {
  const { config, meterProvider, processors } = options;
  const exporting = config.traces.exporters.map((name) =>
    name === "otlp" ? createOtlpProcessor(options) : new SimpleSpanProcessor(new ConsoleSpanExporter()),
  );
  return withoutOtelVariables(
    () =>
      new BasicTracerProvider({
        resource: options.resource,
        sampler: options.sampler ?? createSampler(config.sampler.name, config.sampler.ratio),
        spanLimits: { ...config.spanLimits },
        forceFlushTimeoutMillis: options.shutdownTimeoutMs,
        spanProcessors: [...processors, ...exporting],
        meterProvider,
      }),
  );
}

function createSampler(name: SamplerName, ratio: number): Sampler {
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

function createOtlpProcessor({ config, report, meterProvider, stopping }: TracePipelineOptions): SpanProcessor {
  const { batch } = config.traces;
  const otlp = { ...config.traces.otlp, timeoutMs: Math.min(config.traces.otlp.timeoutMs, batch.exportTimeoutMs) };
  const sender = createSender((closed) => createTraceExporter(otlp, closed), { signal: "TRACES", otlp }, stopping);
  const outages = createOutageLog("spans", describeEndpoint(otlp.endpoint), report);
  const delivery = createDelivery<ReadableSpan>(sender, batch, outages, stopping.timeIsUp);
  observeDelivery(meterProvider, {
    item: "span",
    totals: delivery.totals,
    exporterType: exporterType(otlp.protocol, "span"),
    capacity: batch.maxQueueSize,
  });
  const processor = new BatchSpanProcessor(delivery.exporter, {
    maxQueueSize: batch.maxQueueSize,
    maxExportBatchSize: batch.maxBatchSize,
    scheduledDelayMillis: batch.scheduleDelayMs,
    // The sender has an end of its own, which is told and counted.
    exportTimeoutMillis: MAX_INT32,
  });
  return {
    onStart: () => {},
    onEnd: (span) => {
      const sampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      if (sampled && delivery.admits()) processor.onEnd(span);
    },
    forceFlush: () => delivery.flush(processor),
    shutdown: () => delivery.shutdown(processor),
  };
}
