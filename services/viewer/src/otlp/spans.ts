/** From OTLP spans to records. A span that breaks a rule is refused with the rule; the others are stored. */

import type {
  DroppedCounts,
  EventRecord,
  LinkRecord,
  Resource,
  Scope,
  SpanKind,
  SpanRecord,
  StatusCode,
} from "../records.ts";
import { readAttributes } from "./attributes.ts";
import { type Reading, readId, readResource, readScope } from "./common.ts";
import type { ExportTraceServiceRequest } from "./gen/opentelemetry/proto/collector/trace/v1/trace_service.ts";
import type { Span, SpanEvent, SpanLink } from "./gen/opentelemetry/proto/trace/v1/trace.ts";

const KINDS: readonly SpanKind[] = ["unspecified", "internal", "server", "client", "producer", "consumer"];
export const NONE_DROPPED: DroppedCounts = Object.freeze({ attributes: 0, events: 0, links: 0 });
const STATUS_CODES: readonly StatusCode[] = ["unset", "ok", "error"];

/** @see https://opentelemetry.io/docs/specs/otel/trace/api/#spancontext for what makes an id valid */
export function readSpans({ resourceSpans }: ExportTraceServiceRequest): Reading<SpanRecord> {
  const items: SpanRecord[] = [];
  const rejections: string[] = [];
  for (const group of resourceSpans) {
    const resource = readResource(group.resource);
    for (const { scope: wireScope, spans } of group.scopeSpans) {
      const scope = readScope(wireScope);
      for (const span of spans) {
        const record = readSpan(span, resource, scope);
        if (typeof record === "string") rejections.push(record);
        else items.push(record);
      }
    }
  }
  return { items, rejections };
}

/** The record, or the broken rule. */
function readSpan(span: Span, resource: Resource, scope: Scope): SpanRecord | string {
  const traceId = readId(span.traceId, 16);
  if (traceId === undefined) return "trace_id must be 16 bytes that are not all zero";
  const spanId = readId(span.spanId, 8);
  if (spanId === undefined) return "span_id must be 8 bytes that are not all zero";
  const parentSpanId = readParentId(span.parentSpanId);
  if (parentSpanId === undefined) return "parent_span_id must be empty or 8 bytes";
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState: span.traceState,
    flags: span.flags,
    name: span.name,
    kind: KINDS[span.kind] ?? "unspecified",
    startTime: span.startTimeUnixNano,
    endTime: span.endTimeUnixNano,
    attributes: readAttributes(span.attributes),
    events: span.events.map(readEvent),
    links: span.links.flatMap(readLink),
    dropped: readDropped(span),
    status: { code: STATUS_CODES[span.status?.code ?? 0] ?? "unset", message: span.status?.message ?? "" },
    resource,
    scope,
  };
}

/** Nearly always nothing, which is kept once. */
function readDropped({ droppedAttributesCount, droppedEventsCount, droppedLinksCount }: Span): DroppedCounts {
  if (droppedAttributesCount + droppedEventsCount + droppedLinksCount === 0) return NONE_DROPPED;
  return { attributes: droppedAttributesCount, events: droppedEventsCount, links: droppedLinksCount };
}

/** Empty for a root. Some senders write the parent of a root as zeros. */
function readParentId(bytes: Uint8Array): string | undefined {
  if (bytes.every((byte) => byte === 0)) return "";
  return readId(bytes, 8);
}

function readEvent({ timeUnixNano, name, attributes, droppedAttributesCount }: SpanEvent): EventRecord {
  const read = readAttributes(attributes);
  return { time: timeUnixNano, name, attributes: read, droppedAttributes: droppedAttributesCount };
}

/** An invalid link is left out, and the span is stored without it. */
function readLink(link: SpanLink): readonly LinkRecord[] {
  const traceId = readId(link.traceId, 16);
  const spanId = readId(link.spanId, 8);
  if (traceId === undefined || spanId === undefined) return [];
  const { flags, attributes, droppedAttributesCount } = link;
  const read = readAttributes(attributes);
  return [{ traceId, spanId, flags, attributes: read, droppedAttributes: droppedAttributesCount }];
}
