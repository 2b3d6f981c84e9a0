/** From records to Jaeger's JSON, as Jaeger translates OTLP: a value without a field becomes a tag. */
import {
  CUT_WARNING,
  type JaegerLog,
  type JaegerProcess,
  type JaegerReference,
  type JaegerSpan,
  type JaegerTag,
  type JaegerTrace,
} from "@baton/trace-tree";
import type { Attribute, EventRecord, Resource, SpanRecord } from "../records.ts";
import type { StoredTrace } from "../store.ts";

/**
 * Spans in the order in which they started. Jaeger's answer has no order.
 * @see https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/
 */
export function toJaegerTrace({ traceId, spans, cut }: StoredTrace): JaegerTrace {
  const processIds = new Map<string, string>();
  const processes: Record<string, JaegerProcess> = {};
  const processIdOf = (resource: Resource): string => {
    const process = { serviceName: resource.service, tags: sorted(resource.attributes) };
    const key = JSON.stringify(process);
    const id = processIds.get(key) ?? `p${processIds.size + 1}`;
    processIds.set(key, id);
    processes[id] = process;
    return id;
  };
  const ordered = spans.toSorted(byStart).map((span) => toJaegerSpan(span, processIdOf(span.resource)));
  return { traceID: showTraceId(traceId), spans: ordered, processes, warnings: cut === 0 ? null : [cutWarning(cut)] };
}

function cutWarning(cut: number | undefined): string {
  if (cut === undefined) return `${CUT_WARNING}: it came back after it had made room for newer traces.`;
  const records = `${cut} more ${cut === 1 ? "span or log" : "spans and logs"}`;
  return `${CUT_WARNING}: it has reached the size that the viewer keeps of one trace, and ${records} came. VIEWER_MAX_BYTES makes it more.`;
}

/** The tags of a span, with those that stand for its other fields. */
export function spanTags({ attributes, scope, kind, status, traceState }: SpanRecord): readonly JaegerTag[] {
  const tags: JaegerTag[] = [...attributes];
  const addText = (key: string, value: string) => {
    if (value !== "") tags.push({ key, type: "string", value });
  };
  addText("otel.scope.name", scope.name);
  addText("otel.scope.version", scope.version);
  addText("span.kind", kind === "unspecified" ? "" : kind);
  addText("otel.status_code", status.code === "unset" ? "" : status.code.toUpperCase());
  if (status.code === "error") tags.push({ key: "error", type: "bool", value: true });
  addText("otel.status_description", status.message);
  addText("w3c.tracestate", traceState);
  return sorted(tags);
}

export function eventFields({ name, attributes }: EventRecord): readonly JaegerTag[] {
  const own = attributes.find(({ key }) => key === "event");
  const event: JaegerTag | undefined = own ?? (name === "" ? undefined : { key: "event", type: "string", value: name });
  const rest = sorted(attributes.filter((attribute) => attribute !== own));
  return event ? [event, ...rest] : rest;
}

/** Some systems have ids of 64 bits. Jaeger writes an id whose upper half is zero with 16 digits. */
export function showTraceId(traceId: string): string {
  return traceId.startsWith("0".repeat(16)) ? traceId.slice(16) : traceId;
}

/** Microseconds, truncated and not rounded. */
export function toMicros(nanos: bigint): number {
  return Number(nanos / 1000n);
}

function toJaegerSpan(span: SpanRecord, processID: string): JaegerSpan {
  const endsBeforeStart = span.endTime < span.startTime;
  return {
    traceID: showTraceId(span.traceId),
    spanID: span.spanId,
    operationName: span.name,
    references: references(span),
    startTime: toMicros(span.startTime),
    duration: endsBeforeStart ? 0 : toMicros(span.endTime - span.startTime),
    tags: spanTags(span),
    logs: span.events.map(toJaegerLog),
    processID,
    warnings: endsBeforeStart ? ["The span ends before it starts; it is shown with the duration 0."] : null,
  };
}

/** The parent first. When a span also links to its parent, Jaeger shows only the link; here the parent stays. */
function references(span: SpanRecord): readonly JaegerReference[] {
  const traceID = showTraceId(span.traceId);
  const parent = { refType: "CHILD_OF", traceID, spanID: span.parentSpanId } as const;
  const links = span.links.map(({ traceId, spanId, attributes }): JaegerReference => {
    const isParent = attributes.some(({ key, value }) => key === "opentracing.ref_type" && value === "child_of");
    return { refType: isParent ? "CHILD_OF" : "FOLLOWS_FROM", traceID: showTraceId(traceId), spanID: spanId };
  });
  return span.parentSpanId === "" ? links : [parent, ...links];
}

function toJaegerLog(event: EventRecord): JaegerLog {
  return { timestamp: toMicros(event.time), fields: eventFields(event) };
}

function sorted(attributes: readonly Attribute[]): readonly JaegerTag[] {
  return attributes
    .map(({ key, type, value }) => ({ key, type, value }))
    .sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
}

export function byStart(a: SpanRecord, b: SpanRecord): number {
  if (a.startTime !== b.startTime) return a.startTime < b.startTime ? -1 : 1;
  return a.spanId < b.spanId ? -1 : Number(a.spanId > b.spanId);
}
