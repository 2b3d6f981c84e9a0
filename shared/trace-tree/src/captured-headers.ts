/** Reads the headers that spans have captured, by the names of the semantic conventions. */
import { protocolOf } from "./operation.ts";
import { isPrivateKey } from "./private-keys.ts";
import type { Span, Trace } from "./trace.ts";
import { readTraceparents } from "./traceparent-parts.ts";
import { type Capture, WIRE_HEADERS, type WireHeader } from "./wire-types.ts";

export type Direction = "request" | "response";

/** Beginnings of the names of attributes: of today's conventions, and of earlier ones that services still send. */
const PREFIXES: Readonly<Record<Direction, readonly string[]>> = {
  request: [
    "http.request.header.",
    "rpc.request.header.",
    "rpc.request.metadata.",
    "rpc.grpc.request.metadata.",
    "messaging.header.",
  ],
  response: [
    "http.response.header.",
    "rpc.response.header.",
    "rpc.response.trailer.",
    "rpc.response.metadata.",
    "rpc.grpc.response.metadata.",
  ],
};

const MAX_VALUES = 4;
const MAX_CHARACTERS = 512;
const NOT_CAPTURED: Capture = { state: "not captured", values: [], parts: [] };
const ABSENT: Capture = { state: "absent", values: [], parts: [] };

/** The headers that an attribute may hold, by its name. Earlier conventions wrote `_` for `-`. */
const NAMES = new Map(
  (["request", "response"] as const).flatMap((direction) =>
    PREFIXES[direction].flatMap((prefix) =>
      WIRE_HEADERS.flatMap((header) =>
        [header, header.replaceAll("-", "_")].map((name) => [prefix + name, { direction, header }] as const),
      ),
    ),
  ),
);

/** What spans have captured. */
export interface CapturedHeaders {
  /** Bounded and without secrets, to be shown. */
  read(span: Span | undefined, direction: Direction, header: WireHeader): Capture;
  /** As they were captured, to be compared. */
  raw(span: Span | undefined, direction: Direction, header: WireHeader): readonly string[];
  /** Whether any span like this one captured it: the same service, side and protocol. */
  isUsual(span: Span, direction: Direction, header: WireHeader): boolean;
}

type OfSpan = Readonly<Record<Direction, ReadonlyMap<WireHeader, readonly string[]>>>;

/** @param traces All that is known: which headers a service captures is seen on its other spans. */
export function readCapturedHeaders(traces: readonly Trace[]): CapturedHeaders {
  const bySpan = new Map(traces.flatMap(({ spans }) => spans).map((span) => [span, capturedOf(span)]));
  const usual = new Set<string>();
  const usualKey = (span: Span, direction: Direction, header: WireHeader) =>
    JSON.stringify([span.service, span.kind, protocolOf(span), direction, header]);
  for (const [span, captures] of bySpan) {
    for (const direction of ["request", "response"] as const) {
      for (const header of captures[direction].keys()) usual.add(usualKey(span, direction, header));
    }
  }
  const rawOf = (span: Span, direction: Direction, header: WireHeader) =>
    bySpan.get(span)?.[direction].get(header) ?? [];
  return {
    isUsual: (span, direction, header) => usual.has(usualKey(span, direction, header)),
    raw: (span, direction, header) => (span === undefined ? [] : rawOf(span, direction, header)),
    read(span, direction, header) {
      if (span === undefined) return NOT_CAPTURED;
      const raw = rawOf(span, direction, header);
      if (raw.length > 0) return captured(header, raw);
      // A gRPC library reads the deadline and does not pass it on to the program.
      if (header === "grpc-timeout" && span.kind === "server") return NOT_CAPTURED;
      const hasOthers = (bySpan.get(span)?.[direction].size ?? 0) > 0;
      return hasOthers || usual.has(usualKey(span, direction, header)) ? ABSENT : NOT_CAPTURED;
    },
  };
}

function capturedOf({ attributes }: Span): OfSpan {
  const request = new Map<WireHeader, readonly string[]>();
  const response = new Map<WireHeader, readonly string[]>();
  for (const [key, value] of Object.entries(attributes)) {
    const name = NAMES.get(key);
    if (name !== undefined)
      (name.direction === "request" ? request : response).set(name.header, valuesOf(String(value)));
  }
  return { request, response };
}

/** A list of texts is its JSON text in Jaeger's JSON. */
function valuesOf(text: string): readonly string[] {
  if (!text.startsWith("[")) return [text];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [text];
  } catch {
    return [text];
  }
}

function captured(header: WireHeader, raw: readonly string[]): Capture {
  const kept = raw.slice(0, MAX_VALUES).map((value) => shownValue(header, value));
  const hasParts = header === "traceparent" || header === "traceresponse";
  return { state: "captured", values: kept, parts: hasParts ? readTraceparents(kept) : [] };
}

/** The value of a header as it may be shown: bounded, and without the values of private keys. */
export function shownValue(header: WireHeader, value: string): string {
  return bound(header === "baggage" ? withoutPrivate(value) : value);
}

function withoutPrivate(baggage: string): string {
  return baggage
    .split(",")
    .map((member) => {
      const [key = ""] = member.split("=");
      return isPrivateKey(key) ? `${key}=REDACTED` : member;
    })
    .join(",");
}

function bound(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS)}…`;
}
