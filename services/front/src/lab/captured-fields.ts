/** The fields of a message that carry a trace, as attributes: the conventions name none for them, other instrumentations use these. */
import type { Attributes } from "@opentelemetry/api";

const fields = ["traceparent", "tracestate", "baggage"];

/** @param carrier The headers of a message, or its fields beside the content. */
export function capturedOf(carrier: Readonly<Record<string, unknown>>): Attributes {
  const captured = fields.filter((name) => typeof carrier[name] === "string");
  return Object.fromEntries(captured.map((name) => [`messaging.header.${name}`, [String(carrier[name])]]));
}
