/** Records as the store keeps them: what is equal in several of them is the same object. */
import type { EventRecord, LinkRecord, LogRecord, SpanRecord } from "../records.ts";
import type { Interner } from "./interner.ts";
import type { Held, Shared } from "./shared.ts";
import { sizeOf } from "./size.ts";

export interface Compact<Record> {
  readonly record: Record;
  /** What the record takes, without its resource and scope. */
  readonly bytes: number;
  readonly held: readonly [Held<SpanRecord["resource"]>, Held<SpanRecord["scope"]>];
}

/** An object with its fields, its two times and its places in lists: measured, and rounded up. */
const SPAN_BYTES = 800;
const LOG_BYTES = 550;
const ITEM_BYTES = 220;
const SLOT_BYTES = 8;

const NONE: readonly never[] = Object.freeze([]);
const UNSET: SpanRecord["status"] = Object.freeze({ code: "unset", message: "" });
const OK: SpanRecord["status"] = Object.freeze({ code: "ok", message: "" });

export function compactSpan(span: SpanRecord, interner: Interner, shared: Shared): Compact<SpanRecord> {
  const held = [shared.find(span.resource), shared.find(span.scope)] as const;
  const record: SpanRecord = {
    ...span,
    traceId: interner.text(span.traceId),
    spanId: interner.text(span.spanId),
    parentSpanId: interner.text(span.parentSpanId),
    traceState: interner.text(span.traceState),
    name: interner.text(span.name),
    attributes: interner.attributes(span.attributes),
    events: span.events.length === 0 ? NONE : span.events.map((event) => compactEvent(event, interner)),
    links: span.links.length === 0 ? NONE : span.links.map((link) => compactLink(link, interner)),
    status: compactStatus(span.status, interner),
    resource: held[0].value,
    scope: held[1].value,
  };
  const items = span.events.length + span.links.length;
  const attributes = [span, ...span.events, ...span.links].reduce((sum, each) => sum + each.attributes.length, 0);
  const bytes = SPAN_BYTES + items * ITEM_BYTES + attributes * SLOT_BYTES + interner.takeBytes();
  return { record, bytes, held };
}

export function compactLog(log: LogRecord, interner: Interner, shared: Shared): Compact<LogRecord> {
  const held = [shared.find(log.resource), shared.find(log.scope)] as const;
  const record: LogRecord = {
    ...log,
    traceId: interner.text(log.traceId),
    spanId: interner.text(log.spanId),
    severityText: interner.text(log.severityText),
    attributes: interner.attributes(log.attributes),
    resource: held[0].value,
    scope: held[1].value,
  };
  const bytes = LOG_BYTES + sizeOf(log.body) + log.attributes.length * SLOT_BYTES + interner.takeBytes();
  return { record, bytes, held };
}

function compactEvent(event: EventRecord, interner: Interner): EventRecord {
  return { ...event, name: interner.text(event.name), attributes: interner.attributes(event.attributes) };
}

function compactLink(link: LinkRecord, interner: Interner): LinkRecord {
  return {
    ...link,
    traceId: interner.text(link.traceId),
    spanId: interner.text(link.spanId),
    attributes: interner.attributes(link.attributes),
  };
}

function compactStatus({ code, message }: SpanRecord["status"], interner: Interner): SpanRecord["status"] {
  if (message !== "") return { code, message: interner.text(message) };
  if (code === "unset") return UNSET;
  return code === "ok" ? OK : { code, message };
}
