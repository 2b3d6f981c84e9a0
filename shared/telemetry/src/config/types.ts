/** The shape of a validated configuration. */
import type { histograms, OtlpConfig, temporalities } from "./otlp.ts";
import type { detectorNames, diagnosticLevels, propagatorNames, samplerNames } from "./variables.ts";

export type PropagatorName = (typeof propagatorNames)[number];
export type SamplerName = (typeof samplerNames)[number];
export type DetectorName = (typeof detectorNames)[number];
export type DiagnosticLevel = (typeof diagnosticLevels)[number];

/** How ended spans or log records wait, and how they are exported. Times are in milliseconds. */
export interface BatchConfig {
  readonly scheduleDelayMs: number;
  readonly exportTimeoutMs: number;
  readonly maxQueueSize: number;
  /** At most `maxQueueSize`. */
  readonly maxBatchSize: number;
}

export interface AttributeLimits {
  /** `Infinity` where there is no limit. */
  readonly attributeValueLengthLimit: number;
  readonly attributeCountLimit: number;
}

export interface SpanLimitsConfig extends AttributeLimits {
  readonly eventCountLimit: number;
  readonly linkCountLimit: number;
  readonly attributePerEventCountLimit: number;
  readonly attributePerLinkCountLimit: number;
}

/** For spans, and for log records. */
export interface BatchedSignalConfig {
  /** Empty for `none`. */
  readonly exporters: readonly ("otlp" | "console")[];
  readonly batch: BatchConfig;
  readonly otlp: OtlpConfig;
}

export interface MetricsConfig {
  /** Empty for `none`. */
  readonly exporters: readonly ("otlp" | "prometheus" | "console")[];
  readonly intervalMs: number;
  /** At most `intervalMs`. */
  readonly timeoutMs: number;
  readonly temporality: (typeof temporalities)[number];
  readonly histogram: (typeof histograms)[number];
  readonly prometheus: { readonly host: string; readonly port: number };
  readonly otlp: OtlpConfig;
}

/** Everything that the environment decides, with every default filled in. */
export interface TelemetryConfig {
  readonly disabled: boolean;
  readonly diagnosticLevel: DiagnosticLevel;
  /** `OTEL_SERVICE_NAME`, or `service.name` of `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
  readonly resourceDetectors: readonly DetectorName[];
  /** Empty for `none`. */
  readonly propagators: readonly PropagatorName[];
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  readonly knownHttpMethods: readonly string[];
  readonly spanLimits: SpanLimitsConfig;
  readonly logLimits: AttributeLimits;
  readonly traces: BatchedSignalConfig;
  readonly metrics: MetricsConfig;
  readonly logs: BatchedSignalConfig;
}
