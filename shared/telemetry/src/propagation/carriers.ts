/** How propagators read and write the two carriers that we use: HTTP headers and gRPC metadata. */
import type { TextMapGetter, TextMapSetter } from "@opentelemetry/api";
import type { Metadata } from "nice-grpc-common";

// A carrier may be a copy of the headers that came in. Their `tracestate` belongs to the `traceparent` that stood beside
// it: with another one it must not go on, and the propagator writes its own afterwards.
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

/** Reads gRPC metadata. Binary entries (`-bin`) do not exist for it. */
export const metadataGetter: TextMapGetter<Metadata> = {
  get(metadata, key) {
    // All of them: a repeated `traceparent` must be seen as repeated, and the lists are combined in order.
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

/** @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests */
function isBinary(key: string): boolean {
  return key.toLowerCase().endsWith("-bin");
}
