/** All that is known of one span, for the page: long values with their beginning and their length. */
import type { Attribute, EventRecord, LinkRecord, SpanRecord } from "../records.ts";
import type { Store, StoredTrace } from "../store.ts";
import { byStart, showTraceId, toMicros } from "./jaeger-json.ts";

export interface ValueJson {
  readonly key: string;
  readonly type: Attribute["type"];
  readonly text: string;
  /** Characters of the whole text. */
  readonly length: number;
}

/** As much of a value as a page shows at once. */
const MAX_TEXT = 2_000;
const MAX_BACKLINKS = 20;

/** The spans of a trace that have this id, nearly always one, in the order in which they started. */
export function toSpanDetails(store: Store, trace: StoredTrace, spanId: string, isWhole: boolean) {
  const max = isWhole ? Number.POSITIVE_INFINITY : MAX_TEXT;
  const values = (attributes: readonly Attribute[]) => attributes.map((attribute) => toValue(attribute, max));
  const toEvent = ({ time, name, attributes, droppedAttributes }: EventRecord) => ({
    name,
    timeMicros: toMicros(time),
    attributes: values(attributes),
    droppedAttributes,
  });
  const toLink = ({ traceId, spanId: to, attributes, droppedAttributes }: LinkRecord) => ({
    traceId: showTraceId(traceId),
    spanId: to,
    attributes: values(attributes),
    droppedAttributes,
  });
  const linkedFrom = findBacklinks(store, trace.traceId, spanId);
  return trace.spans
    .filter((span) => span.spanId === spanId)
    .sort(byStart)
    .map((span) => ({
      spanId,
      parentSpanId: span.parentSpanId,
      traceState: span.traceState,
      flags: span.flags,
      dropped: span.dropped,
      attributes: values(span.attributes),
      events: span.events.map(toEvent),
      links: span.links.map(toLink),
      linkedFrom,
      resource: values([
        { key: "service.name", type: "string", value: span.resource.service },
        ...span.resource.attributes,
      ]),
      scope: { name: span.scope.name, version: span.scope.version, attributes: values(span.scope.attributes) },
    }));
}

function toValue({ key, type, value }: Attribute, max: number): ValueJson {
  const text = String(value);
  return { key: key.slice(0, max), type, text: text.slice(0, max), length: text.length };
}

/** Spans that link to this one, of every trace that is kept. */
function findBacklinks(store: Store, traceId: string, spanId: string) {
  const found: { traceId: string; spanId: string; service: string; name: string }[] = [];
  for (const span of linkingSpans(store)) {
    if (!span.links.some((link) => link.traceId === traceId && link.spanId === spanId)) continue;
    found.push({
      traceId: showTraceId(span.traceId),
      spanId: span.spanId,
      service: span.resource.service.slice(0, MAX_TEXT),
      name: span.name.slice(0, MAX_TEXT),
    });
    if (found.length === MAX_BACKLINKS) break;
  }
  return found;
}

function* linkingSpans(store: Store): Generator<SpanRecord> {
  for (const { spans } of store.traces()) for (const span of spans) if (span.links.length > 0) yield span;
}
