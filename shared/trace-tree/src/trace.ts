/** One trace as plain values, read from Jaeger's JSON: from the viewer's API or from a real Jaeger. */
import type { JaegerSpan, JaegerTag, JaegerTrace } from "./jaeger.ts";

export type SpanKind = "server" | "client" | "producer" | "consumer" | "internal" | "unspecified";
export type SpanStatus = "unset" | "ok" | "error";
export type TagValue = string | boolean | number;
export type Tags = Readonly<Record<string, TagValue>>;

export interface Trace {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** Why the backend does not have all of the trace, where it says so. */
  readonly cut?: string;
}

export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  /** Absent on a root. */
  readonly parentId?: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly service: string;
  /** Microseconds since 1970. */
  readonly startMicros: number;
  readonly durationMicros: number;
  readonly status: SpanStatus;
  /** Empty when none was sent. */
  readonly statusMessage: string;
  /** Every tag of the span, with those from which the fields above were read. */
  readonly attributes: Tags;
  readonly resource: Tags;
  readonly events: readonly SpanEvent[];
  readonly links: readonly SpanLink[];
}

export interface SpanEvent {
  readonly name: string;
  /** Microseconds since 1970. */
  readonly timeMicros: number;
  readonly attributes: Tags;
}

export interface SpanLink {
  readonly traceId: string;
  readonly spanId: string;
}

const KINDS: ReadonlySet<string> = new Set<SpanKind>(["server", "client", "producer", "consumer", "internal"]);

/** How a warning of a trace begins that says that spans of it were not kept. */
export const CUT_WARNING = "This trace was cut";

/** @see https://opentelemetry.io/docs/specs/otel/common/mapping-to-non-otlp/ for the names of the tags */
export function readTrace(trace: JaegerTrace): Trace {
  const cut = trace.warnings?.find((warning) => warning.startsWith(CUT_WARNING));
  const spans = trace.spans.map((span) => readSpan(span, trace));
  return { traceId: wholeId(trace.traceID), spans, ...(cut !== undefined && { cut }) };
}

/** A Jaeger writes a trace id whose upper half is zero with 16 digits. */
function wholeId(traceId: string): string {
  return /^[0-9a-f]{16}$/.test(traceId) ? traceId.padStart(32, "0") : traceId;
}

function readSpan(span: JaegerSpan, trace: JaegerTrace): Span {
  const attributes = readTags(span.tags);
  const references = span.references ?? [];
  const parent = references.find((to) => to.refType === "CHILD_OF" && to.traceID === span.traceID);
  const process = trace.processes[span.processID];
  return {
    traceId: wholeId(span.traceID),
    spanId: span.spanID,
    ...(parent && { parentId: parent.spanID }),
    name: span.operationName,
    kind: readKind(attributes["span.kind"]),
    service: process?.serviceName ?? "unknown service",
    startMicros: span.startTime,
    durationMicros: span.duration,
    status: readStatus(attributes),
    statusMessage: String(attributes["otel.status_description"] ?? ""),
    attributes,
    resource: readTags(process?.tags),
    events: (span.logs ?? []).map((log) => readEvent(log.timestamp, log.fields)),
    links: references
      .filter((reference) => reference !== parent)
      .map((reference) => ({ traceId: wholeId(reference.traceID), spanId: reference.spanID })),
  };
}

function readEvent(timeMicros: number, fields: readonly JaegerTag[]): SpanEvent {
  const { event = "", ...attributes } = readTags(fields);
  return { name: String(event), timeMicros, attributes };
}

function readTags(tags: readonly JaegerTag[] | null | undefined): Tags {
  return Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]));
}

function readKind(tag: TagValue | undefined): SpanKind {
  return typeof tag === "string" && KINDS.has(tag) ? (tag as SpanKind) : "unspecified";
}

function readStatus(tags: Tags): SpanStatus {
  if (tags["otel.status_code"] === "ERROR" || tags.error === true) return "error";
  return tags["otel.status_code"] === "OK" ? "ok" : "unset";
}
