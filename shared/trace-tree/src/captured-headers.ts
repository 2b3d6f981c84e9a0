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

/** What spans have captured. */
export interface CapturedHeaders {
  /** Bounded and without secrets, to be shown. */
  read(span: Span | undefined, direction: Direction, header: WireHeader): Capture;
  /** As they were captured, to be compared. */
  raw(span: Span | undefined, direction: Direction, header: WireHeader): readonly string[];
}

/** @param traces All that is known: which headers a service captures is seen on its other spans. */
export function readCapturedHeaders(traces: readonly Trace[]): CapturedHeaders {
  const usual = new Set<string>();
  const usualKey = (span: Span, direction: Direction, header: WireHeader) =>
    JSON.stringify([span.service, span.kind, protocolOf(span), direction, header]);
  for (const span of traces.flatMap(({ spans }) => spans)) {
    for (const direction of ["request", "response"] as const) {
      for (const header of capturedOf(span, direction)) usual.add(usualKey(span, direction, header));
    }
  }
  return {
    raw: (span, direction, header) => (span === undefined ? [] : rawValues(span, direction, header)),
    read(span, direction, header) {
      if (span === undefined) return NOT_CAPTURED;
      const raw = rawValues(span, direction, header);
      if (raw.length > 0) return captured(header, raw);
      // A gRPC library reads the deadline and does not pass it on to the program.
      if (header === "grpc-timeout" && span.kind === "server") return NOT_CAPTURED;
      const looksForIt = usual.has(usualKey(span, direction, header)) || capturedOf(span, direction).length > 0;
      return looksForIt ? ABSENT : NOT_CAPTURED;
    },
  };
}

function capturedOf(span: Span, direction: Direction): readonly WireHeader[] {
  return WIRE_HEADERS.filter((header) => rawValues(span, direction, header).length > 0);
}

function rawValues({ attributes }: Span, direction: Direction, header: WireHeader): readonly string[] {
  for (const prefix of PREFIXES[direction]) {
    // Earlier conventions wrote `_` for `-`.
    const value = attributes[prefix + header] ?? attributes[prefix + header.replaceAll("-", "_")];
    if (value !== undefined) return valuesOf(String(value));
  }
  return [];
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
  const kept = raw.slice(0, MAX_VALUES).map((value) => bound(header === "baggage" ? withoutPrivate(value) : value));
  const hasParts = header === "traceparent" || header === "traceresponse";
  return { state: "captured", values: kept, parts: hasParts ? readTraceparents(kept) : [] };
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
