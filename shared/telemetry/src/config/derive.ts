/** Rows that depend on one another: fall-backs between rows, and values that are each valid but not together. */
import { MAX_INT32 } from "./kinds.ts";
import type { ConfigProblem, RowValues } from "./read-rows.ts";
import type { batchRows, exporterRows } from "./rows-export.ts";
import { detectorNames, type generalRows, type limitRows } from "./rows-general.ts";
import type { BatchConfig, MetricsConfig, TelemetryConfig } from "./types.ts";

type General = Pick<
  TelemetryConfig,
  | "disabled"
  | "diagnosticLevel"
  | "serviceName"
  | "resourceAttributes"
  | "resourceDetectors"
  | "propagators"
  | "sampler"
  | "knownHttpMethods"
>;

export function generalConfig(rows: RowValues<typeof generalRows>): General {
  const resourceAttributes = rows.OTEL_RESOURCE_ATTRIBUTES;
  const detectors = rows.OTEL_NODE_RESOURCE_DETECTORS;
  return {
    disabled: rows.OTEL_SDK_DISABLED,
    diagnosticLevel: rows.OTEL_LOG_LEVEL,
    serviceName: rows.OTEL_SERVICE_NAME ?? resourceAttributes["service.name"],
    resourceAttributes,
    resourceDetectors: detectorNames.filter((name) => detectors.includes("all") || detectors.includes(name)),
    propagators: rows.OTEL_PROPAGATORS,
    sampler: { name: rows.OTEL_TRACES_SAMPLER, ratio: rows.OTEL_TRACES_SAMPLER_ARG },
    knownHttpMethods: rows.OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS,
  };
}

/** What the model-specific rows leave open, the general ones decide. */
export function limitsConfig(rows: RowValues<typeof limitRows>): Pick<TelemetryConfig, "spanLimits" | "logLimits"> {
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

/** A batch larger than the queue could never fill, so nothing would go out before the timer. */
export function batchConfig(
  rows: RowValues<typeof batchRows>,
  family: "BSP" | "BLRP",
  isSet: (variable: string) => boolean,
  problems: ConfigProblem[],
): BatchConfig {
  const maxQueueSize = rows[`OTEL_${family}_MAX_QUEUE_SIZE`];
  const asked = rows[`OTEL_${family}_MAX_EXPORT_BATCH_SIZE`];
  const variable = `OTEL_${family}_MAX_EXPORT_BATCH_SIZE`;
  // Only a value that somebody asked for is worth a word: the default follows a short queue in silence.
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
export function metricTimes(
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
