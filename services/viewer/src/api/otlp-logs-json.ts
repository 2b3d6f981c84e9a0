/** Logs to OTLP's JSON form, so that a trace can travel with them. A body that was no text has become JSON. */
import type { LogRecord } from "../records.ts";
import { filled, nanos, toAttributes, toResourceAttributes, toScope } from "./otlp-json.ts";

/** Records of one resource and one scope stand together. */
export function toOtlpLogsJson(logs: readonly LogRecord[]) {
  const resourceLogs = [...Map.groupBy(logs, ({ resource }) => resource)].map(([resource, ofResource]) => ({
    resource: { attributes: toResourceAttributes(resource) },
    scopeLogs: [...Map.groupBy(ofResource, ({ scope }) => scope)].map(([scope, ofScope]) => ({
      scope: toScope(scope),
      logRecords: ofScope.map(toRecord),
    })),
  }));
  return { resourceLogs };
}

function toRecord(log: LogRecord) {
  return filled({
    timeUnixNano: nanos(log.time),
    severityNumber: log.severityNumber,
    severityText: log.severityText,
    body: { stringValue: log.body },
    attributes: toAttributes(log.attributes),
    traceId: log.traceId,
    spanId: log.spanId,
  });
}
