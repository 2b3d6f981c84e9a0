/** Makes the tracer provider: sampler, limits, processors. */
import { TraceFlags } from "@opentelemetry/api";
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
import type { SamplerName, TelemetryConfig } from "../config.ts";
import { createTraceExporter, withoutOtelVariables } from "./otlp.ts";
import { batchOptions, createOtlpDelivery, type PipelineParts } from "./otlp-delivery.ts";
import { summingMeters } from "./self-observability.ts";

export interface TracePipelineOptions extends PipelineParts {
  readonly config: TelemetryConfig;
  readonly resource: Resource;
  /** In place of the configured one. */
  readonly sampler: Sampler | undefined;
  /** Run before the exporters' own, in order. */
  readonly processors: readonly SpanProcessor[];
  readonly shutdownTimeoutMs: number;
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
        meterProvider: summingMeters(meterProvider),
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

function createOtlpProcessor(options: TracePipelineOptions): SpanProcessor {
  const { traces } = options.config;
  const delivery = createOtlpDelivery(
    createTraceExporter,
    { ...traces, item: "span", traceOf: (span: ReadableSpan) => span.spanContext().traceId, flushesAtOnce: true },
    options,
  );
  const processor = new BatchSpanProcessor(delivery.exporter, batchOptions(traces.batch));
  options.atEnd(() => delivery.leftovers(processor));
  return {
    onStart: () => {},
    onEnd: (span) => {
      const sampled = (span.spanContext().traceFlags & TraceFlags.SAMPLED) !== 0;
      if (sampled && delivery.admits(span)) processor.onEnd(span);
    },
    forceFlush: () => delivery.flush(processor),
    shutdown: () => delivery.shutdown(processor),
  };
}
