/** The answers that Jaeger's API does not have: logs and metrics. */
import type { LogRecord, MetricPoint, MetricRecord } from "../records.ts";

/** A double cannot hold nanoseconds, so they are text. */
export function toLogJson(log: LogRecord) {
  return {
    timeUnixNano: String(log.time),
    severityNumber: log.severityNumber,
    severityText: log.severityText,
    body: log.body,
    attributes: log.attributes,
    traceId: log.traceId,
    spanId: log.spanId,
    service: log.resource.service,
    scope: log.scope.name,
  };
}

export function toMetricJson({ points, ...metric }: MetricRecord) {
  return { ...metric, series: points.map(toSeriesJson) };
}

function toSeriesJson({ attributes, temporality, value, time, startTime }: MetricPoint) {
  return { attributes, ...value, timeUnixNano: String(time), startTimeUnixNano: String(startTime), temporality };
}
