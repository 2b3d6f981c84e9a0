/** Spans from Jaeger's JSON, as its page and its API give it: the way back of `api/jaeger-json.ts`. */
import type { JaegerLog, JaegerSpan, JaegerTag, JaegerTrace } from "@baton/trace-tree";
import { parseTraceId } from "../api/params.ts";
import { NONE_DROPPED } from "../otlp/spans.ts";
import type { Attribute, EventRecord, LinkRecord, Resource, SpanKind, SpanRecord, StatusCode } from "../records.ts";

const KINDS: ReadonlySet<string> = new Set<SpanKind>(["internal", "server", "client", "producer", "consumer"]);
const STATUS_CODES: Readonly<Record<string, StatusCode>> = { OK: "ok", ERROR: "error" };
const TYPES: ReadonlySet<string> = new Set(["string", "bool", "int64", "float64", "binary"]);
/** Tags that stand for a field of a span. */
const FIELDS: ReadonlySet<string> = new Set([
  "span.kind",
  "otel.status_code",
  "otel.status_description",
  "otel.scope.name",
  "otel.scope.version",
  "w3c.tracestate",
]);

/** @throws Error where it is not Jaeger's JSON */
export function readJaegerSpans({ spans, processes }: JaegerTrace): readonly SpanRecord[] {
  const resources = new Map<string, Resource>(
    Object.entries(processes ?? {}).map(([id, { serviceName, tags }]) => [
      id,
      { service: String(serviceName ?? ""), attributes: (tags ?? []).map(readTag) },
    ]),
  );
  const unknown: Resource = { service: "missing-service-name", attributes: [] };
  return spans.map((span) => readSpan(span, resources.get(span.processID) ?? unknown));
}

function readSpan(span: JaegerSpan, resource: Resource): SpanRecord {
  const tags = span.tags ?? [];
  const text = (key: string) => String(tags.find((tag) => tag.key === key)?.value ?? "");
  const traceId = parseTraceId(span.traceID, "traceID");
  const references = span.references ?? [];
  const parent = references.find((to) => to.refType === "CHILD_OF" && parseTraceId(to.traceID, "traceID") === traceId);
  const startTime = BigInt(span.startTime) * 1000n;
  const code = STATUS_CODES[text("otel.status_code")] ?? "unset";
  const isAdded = ({ key, value }: JaegerTag) =>
    FIELDS.has(key) || (key === "error" && value === true && code === "error");
  return {
    traceId,
    spanId: spanIdOf(span.spanID),
    parentSpanId: parent ? spanIdOf(parent.spanID) : "",
    traceState: text("w3c.tracestate"),
    flags: 0,
    name: String(span.operationName ?? ""),
    kind: KINDS.has(text("span.kind")) ? (text("span.kind") as SpanKind) : "unspecified",
    startTime,
    endTime: startTime + BigInt(span.duration) * 1000n,
    attributes: tags.filter((tag) => !isAdded(tag)).map(readTag),
    events: (span.logs ?? []).map(readEvent),
    links: references.filter((to) => to !== parent).map(readLink),
    dropped: NONE_DROPPED,
    status: { code, message: text("otel.status_description") },
    resource,
    scope: { name: text("otel.scope.name"), version: text("otel.scope.version"), attributes: [] },
  };
}

function readEvent({ timestamp, fields }: JaegerLog): EventRecord {
  const event = fields.find(({ key }) => key === "event");
  return {
    time: BigInt(timestamp) * 1000n,
    name: String(event?.value ?? ""),
    attributes: fields.filter((field) => field !== event).map(readTag),
    droppedAttributes: 0,
  };
}

function readLink({ traceID, spanID }: { readonly traceID: string; readonly spanID: string }): LinkRecord {
  return {
    traceId: parseTraceId(traceID, "traceID"),
    spanId: spanIdOf(spanID),
    flags: 0,
    attributes: [],
    droppedAttributes: 0,
  };
}

/** A file may hold anything: what is no tag of Jaeger's becomes text. */
function readTag({ key, type, value }: JaegerTag): Attribute {
  if (typeof value === "bigint") return { key: String(key), type: "int64", value: String(value) };
  const isPlain = ["string", "number", "boolean"].includes(typeof value);
  if (isPlain && TYPES.has(type)) return { key: String(key), type, value };
  return { key: String(key), type: "string", value: isPlain ? String(value) : JSON.stringify(value ?? "") };
}

function spanIdOf(text: string): string {
  if (!/^[0-9a-f]{1,16}$/i.test(text)) throw new Error(`${JSON.stringify(text)} is not a span id`);
  return text.toLowerCase().padStart(16, "0");
}
