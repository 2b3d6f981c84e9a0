/** How much of a caller's context a server takes over. */
import {
  type Context,
  diag,
  type Link,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { EMPTY_CONTEXT } from "../lean-context.ts";

/**
 * - `continue`: the caller's span becomes the parent.
 * - `restart`: a new trace starts and links to the caller's span. Nothing else is taken over, not even the baggage.
 * - `restart-keep-baggage`: as `restart`, with the baggage that the allow-list lets in.
 * - `ignore`: nothing is taken over, and there is no link.
 */
export type Trust = "continue" | "restart" | "restart-keep-baggage" | "ignore";

/** Context and links for the SERVER span: `tracer.startSpan(name, { links }, context)`. */
export interface ExtractedContext {
  readonly context: Context;
  readonly links: Link[];
}

/**
 * Reads the caller's context from a carrier. Never throws: a context that cannot be read is ignored.
 * @see https://www.w3.org/TR/trace-context-2/#mutating-the-traceparent-field ("Restart trace")
 * @see https://www.w3.org/TR/trace-context-2/#security-considerations
 */
export function extractContext<Carrier>(
  propagator: TextMapPropagator,
  carrier: Carrier,
  getter: TextMapGetter<Carrier>,
  trust: Trust = "continue",
): ExtractedContext {
  if (trust === "ignore") return { context: EMPTY_CONTEXT, links: [] };
  const sent = tryExtract(propagator, carrier, getter);
  if (trust === "continue") return { context: sent, links: [] };
  const caller = trace.getSpanContext(sent);
  const baggage = trust === "restart-keep-baggage" ? propagation.getBaggage(sent) : undefined;
  return {
    context: baggage === undefined ? EMPTY_CONTEXT : propagation.setBaggage(EMPTY_CONTEXT, baggage),
    links: caller === undefined ? [] : [{ context: caller }],
  };
}

function tryExtract<Carrier>(propagator: TextMapPropagator, carrier: Carrier, getter: TextMapGetter<Carrier>): Context {
  try {
    // Not the active context: a request is never the child of whatever happens to be active.
    return propagator.extract(EMPTY_CONTEXT, carrier, getter);
  } catch (error) {
    diag.warn("The context of a request could not be read; it starts a new trace.", error);
    return EMPTY_CONTEXT;
  }
}
