/** Records to OTLP's JSON form, as Jaeger's third API answers it: what is empty is left out. */
import type {
  Attribute,
  EventRecord,
  LinkRecord,
  Resource,
  Scope,
  SpanKind,
  SpanRecord,
  StatusCode,
} from "../records.ts";
import type { StoredTrace } from "../store.ts";

const KINDS: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
const STATUS_CODES: readonly StatusCode[] = ["unset", "ok", "error"];

/** Spans of one resource and one scope stand together. */
export function toOtlpJson(traces: readonly StoredTrace[]) {
  const resourceSpans = traces.flatMap(({ spans }) =>
    [...Map.groupBy(spans, ({ resource }) => resource)].map(([resource, ofResource]) => ({
      resource: { attributes: toResourceAttributes(resource) },
      scopeSpans: [...Map.groupBy(ofResource, ({ scope }) => scope)].map(([scope, ofScope]) => ({
        scope: toScope(scope),
        spans: ofScope.map(toSpan),
      })),
    })),
  );
  return { resourceSpans };
}

export function toResourceAttributes({ service, attributes }: Resource) {
  return toAttributes([{ key: "service.name", type: "string", value: service }, ...attributes]);
}

export function toScope({ name, version, attributes }: Scope) {
  return filled({ name, version, attributes: toAttributes(attributes) });
}

function toSpan(span: SpanRecord) {
  return {
    ...filled({
      traceId: span.traceId,
      spanId: span.spanId,
      traceState: span.traceState,
      parentSpanId: span.parentSpanId,
      name: span.name,
      kind: KINDS.indexOf(span.kind),
      startTimeUnixNano: nanos(span.startTime),
      endTimeUnixNano: nanos(span.endTime),
      attributes: toAttributes(span.attributes),
      events: span.events.map(toEvent),
      links: span.links.map(toLink),
      droppedAttributesCount: span.dropped.attributes,
      droppedEventsCount: span.dropped.events,
      droppedLinksCount: span.dropped.links,
      flags: span.flags,
    }),
    status: filled({ message: span.status.message, code: STATUS_CODES.indexOf(span.status.code) }),
  };
}

function toEvent({ time, name, attributes, droppedAttributes }: EventRecord) {
  const droppedAttributesCount = droppedAttributes;
  return filled({ timeUnixNano: nanos(time), name, attributes: toAttributes(attributes), droppedAttributesCount });
}

function toLink({ traceId, spanId, attributes, droppedAttributes, flags }: LinkRecord) {
  const droppedAttributesCount = droppedAttributes;
  return filled({ traceId, spanId, attributes: toAttributes(attributes), droppedAttributesCount, flags });
}

export function toAttributes(attributes: readonly Attribute[]) {
  return attributes
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map((attribute) => ({ key: attribute.key, value: toAnyValue(attribute) }));
}

function toAnyValue({ type, value, otlp }: Attribute): unknown {
  if (otlp !== undefined) return JSON.parse(otlp);
  if (type === "bool") return { boolValue: value };
  if (type === "int64") return { intValue: String(value) };
  if (type === "float64") return { doubleValue: value };
  return type === "binary" ? { bytesValue: value } : { stringValue: value };
}

export function nanos(time: bigint): string {
  return time === 0n ? "" : String(time);
}

/** Protobuf's JSON form has no field for what has no value. */
export function filled(message: Readonly<Record<string, unknown>>) {
  return Object.fromEntries(
    Object.entries(message).filter(
      ([, value]) => value !== "" && value !== 0 && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
