/** Finished spans of this process, as a test keeps them in memory, read into the same shape as spans of a backend. */
import type { Span, SpanKind, SpanStatus, Tags, TagValue, Trace } from "./trace.ts";

/** What `startTestTelemetry().spans()` of `@baton/telemetry/testing` gives; any object with these fields will do. */
export interface RecordedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
  /** `SERVER`, `CLIENT`, `PRODUCER`, `CONSUMER` or `INTERNAL`. */
  readonly kind: string;
  /** `UNSET`, `OK` or `ERROR`. */
  readonly status: string;
  readonly statusMessage?: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly events: readonly { readonly name: string; readonly attributes?: Readonly<Record<string, unknown>> }[];
  readonly links: readonly { readonly context: { readonly traceId: string; readonly spanId: string } }[];
  /** Milliseconds since 1970. */
  readonly startTimeMs: number;
  readonly durationMs: number;
  /** `service.name` of the resource. @default "test" */
  readonly service?: string;
}

const KINDS: Readonly<Record<string, SpanKind>> = {
  SERVER: "server",
  CLIENT: "client",
  PRODUCER: "producer",
  CONSUMER: "consumer",
  INTERNAL: "internal",
};

const STATUSES: Readonly<Record<string, SpanStatus>> = { UNSET: "unset", OK: "ok", ERROR: "error" };

/** The spans of one trace; the others are left out. */
export function readRecordedSpans(traceId: string, spans: readonly RecordedSpan[]): Trace {
  return { traceId, spans: spans.filter((span) => span.traceId === traceId).map(readSpan) };
}

function readSpan(span: RecordedSpan): Span {
  const { traceId, spanId, parentSpanId, name, service = "test", statusMessage = "" } = span;
  const startMicros = Math.floor(span.startTimeMs * 1000);
  return {
    traceId,
    spanId,
    ...(parentSpanId !== undefined && { parentId: parentSpanId }),
    name,
    kind: KINDS[span.kind] ?? "unspecified",
    service,
    startMicros,
    durationMicros: Math.floor(span.durationMs * 1000),
    status: STATUSES[span.status] ?? "unset",
    statusMessage,
    attributes: readAttributes(span.attributes),
    resource: {},
    // Memory keeps no time of an event.
    events: span.events.map((event) => ({
      name: event.name,
      timeMicros: startMicros,
      attributes: readAttributes(event.attributes ?? {}),
    })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
  };
}

function readAttributes(attributes: Readonly<Record<string, unknown>>): Tags {
  const present = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([key, value]) => [key, readValue(value)]));
}

/** A list is its JSON text, as Jaeger shows it. */
function readValue(value: unknown): TagValue {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
  return JSON.stringify(value) ?? String(value);
}
