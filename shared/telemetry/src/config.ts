/** Reads the `OTEL_*` variables into one validated configuration, and finds variables that look misspelled. */
import { closestMatch } from "leven";
import { type ConfigProblem, type Environment, MAX_INT32, type RowValues, readRows } from "./config/kinds.ts";
import { otlpMetricRows, readOtlp } from "./config/otlp.ts";
import type { BatchConfig, MetricsConfig, TelemetryConfig } from "./config/types.ts";
import { batchRows, detectorNames, exporterRows, generalRows, limitRows, sections } from "./config/variables.ts";

export type { ConfigProblem, Environment } from "./config/kinds.ts";
export type { OtlpConfig, OtlpProtocol, Signal } from "./config/otlp.ts";
export type {
  BatchConfig,
  DetectorName,
  DiagnosticLevel,
  MetricsConfig,
  PropagatorName,
  SamplerName,
  TelemetryConfig,
} from "./config/types.ts";

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
  const general = readRows(env, generalRows, problems);
  const config: TelemetryConfig = {
    ...generalConfig(general, isSet, problems),
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
  problems.push(...unknownVariables(env));
  return { config, problems };
}

type General = Omit<TelemetryConfig, "spanLimits" | "logLimits" | "traces" | "metrics" | "logs">;

function generalConfig(
  rows: RowValues<typeof generalRows>,
  isSet: (variable: string) => boolean,
  problems: ConfigProblem[],
): General {
  const sampler = rows.OTEL_TRACES_SAMPLER;
  const variable = "OTEL_TRACES_SAMPLER_ARG";
  const isReported = problems.some((problem) => problem.variable.startsWith("OTEL_TRACES_SAMPLER"));
  if (isSet(variable) && !sampler.endsWith("traceidratio") && !isReported) {
    const message = `${variable} has no effect, because OTEL_TRACES_SAMPLER is ${sampler}. For a fraction, set OTEL_TRACES_SAMPLER=parentbased_traceidratio`;
    problems.push({ variable, message });
  }
  const resourceAttributes = rows.OTEL_RESOURCE_ATTRIBUTES;
  const detectors = rows.OTEL_NODE_RESOURCE_DETECTORS;
  return {
    disabled: rows.OTEL_SDK_DISABLED,
    diagnosticLevel: rows.OTEL_LOG_LEVEL,
    serviceName: rows.OTEL_SERVICE_NAME ?? resourceAttributes["service.name"],
    resourceAttributes,
    resourceDetectors: detectorNames.filter((name) => detectors.includes("all") || detectors.includes(name)),
    propagators: rows.OTEL_PROPAGATORS,
    sampler: { name: sampler, ratio: rows.OTEL_TRACES_SAMPLER_ARG },
    knownHttpMethods: rows.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS,
  };
}

/** The rows for spans and log records fall back to the general ones. */
function limitsConfig(rows: RowValues<typeof limitRows>): Pick<TelemetryConfig, "spanLimits" | "logLimits"> {
  const length = rows.OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT;
  const count = rows.OTEL_ATTRIBUTE_COUNT_LIMIT;
  return {
    spanLimits: {
      attributeValueLengthLimit: rows.OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? length ?? Number.POSITIVE_INFINITY,
      attributeCountLimit: rows.OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT ?? count,
      eventCountLimit: rows.OTEL_SPAN_EVENT_COUNT_LIMIT,
      linkCountLimit: rows.OTEL_SPAN_LINK_COUNT_LIMIT,
      attributePerEventCountLimit: rows.OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT,
      attributePerLinkCountLimit: rows.OTEL_LINK_ATTRIBUTE_COUNT_LIMIT,
    },
    logLimits: {
      attributeValueLengthLimit: rows.OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT ?? length ?? Number.POSITIVE_INFINITY,
      attributeCountLimit: rows.OTEL_LOGRECORD_ATTRIBUTE_COUNT_LIMIT ?? count,
    },
  };
}

/** A batch that is larger than the queue would never be full. */
function batchConfig(
  rows: RowValues<typeof batchRows>,
  family: "BSP" | "BLRP",
  isSet: (variable: string) => boolean,
  problems: ConfigProblem[],
): BatchConfig {
  const maxQueueSize = rows[`OTEL_${family}_MAX_QUEUE_SIZE`];
  const asked = rows[`OTEL_${family}_MAX_EXPORT_BATCH_SIZE`];
  const variable = `OTEL_${family}_MAX_EXPORT_BATCH_SIZE`;
  // Reported only where it is set. The default follows a short queue silently.
  if (asked > maxQueueSize && isSet(variable)) {
    const message = `${variable} is ${asked}, more than the queue holds; used instead: ${maxQueueSize}`;
    problems.push({ variable, message });
  }
  return {
    scheduleDelayMs: rows[`OTEL_${family}_SCHEDULE_DELAY`],
    exportTimeoutMs: rows[`OTEL_${family}_EXPORT_TIMEOUT`],
    maxQueueSize,
    maxBatchSize: Math.min(asked, maxQueueSize),
  };
}

/** The metric reader throws where the timeout is longer than the interval. */
function metricTimes(
  rows: RowValues<typeof exporterRows>,
  isSet: (variable: string) => boolean,
  problems: ConfigProblem[],
): Pick<MetricsConfig, "intervalMs" | "timeoutMs"> {
  const intervalMs = rows.OTEL_METRIC_EXPORT_INTERVAL;
  const asked = rows.OTEL_METRIC_EXPORT_TIMEOUT;
  const variable = "OTEL_METRIC_EXPORT_TIMEOUT";
  if (asked > intervalMs && asked !== MAX_INT32 && isSet(variable)) {
    const message = `${variable} is ${asked}, longer than the interval; used instead: ${intervalMs}`;
    problems.push({ variable, message });
  }
  return { intervalMs, timeoutMs: Math.min(asked, intervalMs) };
}

/**
 * Each variable that is unknown and similar to a known one. Other variables are not reported: libraries have
 * variables of their own.
 */
export function unknownVariables(env: Environment): readonly ConfigProblem[] {
  const rows = sections.flatMap((section) => Object.entries(section.rows));
  const known = new Set(rows.map(([name]) => name));
  const usable = rows.filter(([, row]) => !row.kind.refused).map(([name]) => name);
  return Object.entries(env).flatMap(([variable, value]) => {
    if (known.has(variable) || !value?.trim()) return [];
    const meant = /^OTEL_/i.test(variable) ? closestName(variable, usable) : closestBySlip(variable, usable);
    return meant === undefined ? [] : [{ variable, message: `${variable} is unknown. Did you mean ${meant}?` }];
  });
}

const MAX_EDITS = 2;
const PREFIX = "OTEL_";

/** The known name with at most two characters of difference, in any case. */
function closestBySlip(name: string, known: readonly string[]): string | undefined {
  if (!startsLikeOurs(name.toUpperCase())) return undefined;
  return closestMatch(name.toUpperCase(), known, { maxDistance: MAX_EDITS });
}

/**
 * After two slips, three of the characters of `OTEL_` are still among the first seven. Without this check each variable
 * is compared with each known name, which takes 0.1 ms for each variable of the environment.
 */
function startsLikeOurs(name: string): boolean {
  const start = name.slice(0, PREFIX.length + MAX_EDITS);
  return [...PREFIX].filter((character) => start.includes(character)).length >= PREFIX.length - MAX_EDITS;
}

/** The closest by a slip, or else the known name with one more word. */
function closestName(name: string, known: readonly string[]): string | undefined {
  const closest = closestBySlip(name, known);
  if (closest !== undefined) return closest;
  const words = name.toUpperCase().split("_");
  return known.find((candidate) => {
    const own = candidate.split("_");
    return own.length === words.length + 1 && words.every((word) => own.includes(word));
  });
}
