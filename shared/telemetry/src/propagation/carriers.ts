/** How propagators read and write the two carriers, HTTP headers and gRPC metadata, and what their values have in common. */
import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import type { Metadata } from "nice-grpc-common";

// A carrier may be a copy of the headers that came in. Their `tracestate` belongs to the `traceparent` beside it.
// With another `traceparent` it must not be sent; the propagator writes its own afterwards.
const TRACEPARENT = "traceparent";
const TRACESTATE = "tracestate";

/** Reads WHATWG `Headers`. Repeated headers arrive joined with commas, which the propagators understand. */
export const headersGetter: TextMapGetter<Headers> = {
  get: (headers, key) => headers.get(key) ?? undefined,
  keys: (headers) => [...headers.keys()],
};

/** Writes WHATWG `Headers`. Replaces what is there: a request continues one trace only. */
export const headersSetter: TextMapSetter<Headers> = {
  set(headers, key, value) {
    if (key === TRACEPARENT) headers.delete(TRACESTATE);
    headers.set(key, value);
  },
};

/** Reads gRPC metadata. Binary entries (`-bin`) are skipped: no propagator uses them. */
export const metadataGetter: TextMapGetter<Metadata> = {
  get(metadata, key) {
    // All values: a repeated `traceparent` must be seen as repeated, and lists are combined in order.
    const values = metadata.getAll(key);
    const [only] = values;
    if (values.length <= 1) return typeof only === "string" ? only : undefined;
    return values.filter((value) => typeof value === "string");
  },
  keys(metadata) {
    const keys: string[] = [];
    for (const [key] of metadata) if (!isBinary(key)) keys.push(key);
    return keys;
  },
};

/** Writes gRPC metadata, never a binary entry. Replaces what is there. */
export const metadataSetter: TextMapSetter<Metadata> = {
  set(metadata, key, value) {
    if (isBinary(key)) return;
    if (key === TRACEPARENT) metadata.delete(TRACESTATE);
    metadata.set(key, value);
  },
};

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
function isBinary(key: string): boolean {
  return key.toLowerCase().endsWith("-bin");
}

/**
 * Several headers of one name count as one list, in the order in which they came.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.3
 */
export function combineHeaders(values: string | readonly string[] | undefined): string {
  if (values === undefined) return "";
  return typeof values === "string" ? values : values.join(",");
}

/**
 * Removes the optional white space of HTTP from both ends: spaces and tabs, nothing else. `String.prototype.trim` also
 * removes line ends and Unicode blanks, which no header may contain. A loop, because a regular expression takes quadratic
 * time for a long run of blanks.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
