/** From OTLP log records to records. */

import type { Attribute, LogRecord, Resource, Scope } from "../records.ts";
import { readAttributes, showValue } from "./attributes.ts";
import { type Reading, readId, readResource, readScope } from "./common.ts";
import type { ExportLogsServiceRequest } from "./gen/opentelemetry/proto/collector/logs/v1/logs_service.ts";
import type { LogRecord as WireLogRecord } from "./gen/opentelemetry/proto/logs/v1/logs.ts";

/**
 * A log record may belong to no trace, so an invalid id is left out and no record is rejected.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/
 */
export function readLogs({ resourceLogs }: ExportLogsServiceRequest): Reading<LogRecord> {
  const items: LogRecord[] = [];
  for (const group of resourceLogs) {
    const resource = readResource(group.resource);
    for (const { scope: wireScope, logRecords } of group.scopeLogs) {
      const scope = readScope(wireScope);
      for (const record of logRecords) items.push(readLog(record, resource, scope));
    }
  }
  return { items, rejections: [] };
}

function readLog(record: WireLogRecord, resource: Resource, scope: Scope): LogRecord {
  const traceId = readId(record.traceId, 16) ?? "";
  return {
    id: 0,
    traceId,
    spanId: traceId === "" ? "" : (readId(record.spanId, 8) ?? ""),
    time: record.timeUnixNano === 0n ? record.observedTimeUnixNano : record.timeUnixNano,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: showValue(record.body),
    attributes: [...eventName(record), ...readAttributes(record.attributes)],
    resource,
    scope,
  };
}

/** The name of an event is a field in OTLP and an attribute here. */
function eventName({ eventName: value }: WireLogRecord): readonly Attribute[] {
  return value === "" ? [] : [{ key: "event.name", type: "string", value }];
}
