/** The headers of each hop, from what the spans at its two ends have captured. */
import { type CapturedHeaders, readCapturedHeaders } from "./captured-headers.ts";
import { findHopEnds, type HopEnds } from "./hop-ends.ts";
import type { Trace } from "./trace.ts";
import { type Capture, type Hop, WIRE_HEADERS, type WireField, type WireHeader } from "./wire-types.ts";

/**
 * The hops of a trace, in the order in which they began. A header is known where a span captured it: the CLIENT span
 * what left, the SERVER span what arrived.
 *
 * @param others Traces in which the other end of a hop may be, where a broken hop has made two traces of one request.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ `http.request.header.<key>`
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ `rpc.request.header.<key>`
 */
export function wireOf(trace: Trace, others: readonly Trace[] = []): readonly Hop[] {
  const { traceId } = trace;
  return hopsOf([trace, ...others.filter((other) => other.traceId !== traceId)]).filter(
    ({ from, to }) => from?.traceId === traceId || to?.traceId === traceId,
  );
}

/** The hops of all these traces. */
export function hopsOf(traces: readonly Trace[], captured = readCapturedHeaders(traces)): readonly Hop[] {
  return findHopEnds(traces, captured).map((ends) => ({
    ...ends,
    headers: WIRE_HEADERS.map((name) => readField(name, ends, captured)).filter(isShown),
  }));
}

function readField(name: WireHeader, { from, to }: HopEnds, captured: CapturedHeaders): WireField {
  const isAnswer = name === "traceresponse";
  const direction = isAnswer ? "response" : "request";
  const [sender, receiver] = isAnswer ? [to, from] : [from, to];
  const left = captured.read(sender, direction, name);
  const arrived = captured.read(receiver, direction, name);
  // Compared as they were captured: two secrets look alike when they are shown.
  const isSame = captured.raw(sender, direction, name).join() === captured.raw(receiver, direction, name).join();
  return { name, left, arrived, change: changeOf(left, arrived, isSame) };
}

function changeOf(left: Capture, arrived: Capture, isSame: boolean): WireField["change"] {
  if (left.state === "not captured" || arrived.state === "not captured") return "unknown";
  if (left.state === arrived.state) return isSame ? "same" : "changed";
  return left.state === "captured" ? "dropped" : "added";
}

/** `traceparent` always, because it is missed where it is not. */
function isShown({ name, left, arrived }: WireField): boolean {
  return name === "traceparent" || left.state === "captured" || arrived.state === "captured";
}
