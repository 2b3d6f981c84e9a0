/** Records for tests, each with what the test does not care about filled in. */
import type { LogRecord, MetricRecord, Resource, SpanRecord } from "../records.ts";
import type { StoredTrace } from "../store.ts";

const RESOURCE: Resource = { service: "front", attributes: [] };
const SCOPE = { name: "", version: "", attributes: [] };

export function spanRecord(span: Partial<SpanRecord> & { readonly traceId: string }): SpanRecord {
  return {
    spanId: "1111111111111111",
    parentSpanId: "",
    traceState: "",
    flags: 0,
    name: "work",
    kind: "internal",
    startTime: 1_700_000_000_000_000_000n,
    endTime: 1_700_000_000_001_000_000n,
    attributes: [],
    events: [],
    links: [],
    dropped: { attributes: 0, events: 0, links: 0 },
    status: { code: "unset", message: "" },
    resource: RESOURCE,
    scope: SCOPE,
    ...span,
  };
}

export function logRecord(log: Partial<LogRecord>): LogRecord {
  return {
    id: 0,
    traceId: "",
    spanId: "",
    time: 1n,
    severityNumber: 9,
    severityText: "INFO",
    body: "",
    attributes: [],
    resource: RESOURCE,
    scope: SCOPE,
    ...log,
  };
}

export function metricRecord(
  name: string,
  ...series: readonly (readonly [key: string, value: number, time?: bigint])[]
): MetricRecord {
  return {
    resource: RESOURCE,
    scope: SCOPE,
    name,
    unit: "1",
    description: "",
    type: "sum",
    monotonic: true,
    temporality: "cumulative",
    points: series.map(([value, number, time = 1n]) => ({
      attributes: [{ key: "series", type: "string", value }],
      startTime: 0n,
      time,
      value: { value: number },
      exemplars: [],
    })),
  };
}

/** A trace as the store gives it. */
export function storedTrace(
  traceId: string,
  spans: readonly SpanRecord[],
  logs: readonly LogRecord[] = [],
): StoredTrace {
  const services = new Set([...spans, ...logs].map(({ resource }) => resource.service));
  return { traceId, spans, logs, services, cut: 0 };
}

/** A trace id that ends in the number. */
export function traceIdOf(number: number): string {
  return number.toString(16).padStart(32, "0");
}
