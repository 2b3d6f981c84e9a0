/** `OTEL_*` to one typed, validated configuration. The only reader of the environment in this package. */
import { batchConfig, generalConfig, limitsConfig, metricTimes } from "./config/derive.ts";
import { readOtlp } from "./config/otlp.ts";
import { type ConfigProblem, type Environment, readRows } from "./config/read-rows.ts";
import { batchRows, exporterRows, otlpMetricRows } from "./config/rows-export.ts";
import { generalRows, limitRows } from "./config/rows-general.ts";
import type { TelemetryConfig } from "./config/types.ts";

export type { OtlpConfig, OtlpProtocol } from "./config/otlp.ts";
export type { ConfigProblem, Environment } from "./config/read-rows.ts";
export type { BatchConfig, PropagatorName, SamplerName, TelemetryConfig } from "./config/types.ts";

/**
 * Reads and validates. Never throws: what cannot be used is a problem, and its default is in the configuration.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function readTelemetryConfig(env: Environment = process.env): {
  readonly config: TelemetryConfig;
  readonly problems: readonly ConfigProblem[];
} {
  const problems: ConfigProblem[] = [];
  const exporters = readRows(env, exporterRows, problems);
  const batches = readRows(env, batchRows, problems);
  const otlp = readOtlp(env, problems);
  const otlpMetrics = readRows(env, otlpMetricRows, problems);
  const isSet = (variable: string): boolean => (env[variable]?.trim() ?? "") !== "";
  const config: TelemetryConfig = {
    ...generalConfig(readRows(env, generalRows, problems)),
    ...limitsConfig(readRows(env, limitRows, problems)),
    traces: {
      exporters: exporters.OTEL_TRACES_EXPORTER,
      batch: batchConfig(batches, "BSP", isSet, problems),
      otlp: otlp.TRACES,
    },
    metrics: {
      exporters: exporters.OTEL_METRICS_EXPORTER,
      ...metricTimes(exporters, isSet, problems),
      temporality: otlpMetrics.OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE,
      histogram: otlpMetrics.OTEL_EXPORTER_OTLP_METRICS_DEFAULT_HISTOGRAM_AGGREGATION,
      prometheus: { host: exporters.OTEL_EXPORTER_PROMETHEUS_HOST, port: exporters.OTEL_EXPORTER_PROMETHEUS_PORT },
      otlp: otlp.METRICS,
    },
    logs: {
      exporters: exporters.OTEL_LOGS_EXPORTER,
      batch: batchConfig(batches, "BLRP", isSet, problems),
      otlp: otlp.LOGS,
    },
  };
  return { config, problems };
}
