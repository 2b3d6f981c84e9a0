/** What to do about each cause. */
import type { Cause } from "../cause.ts";

export const MENDS: Readonly<Record<Cause, string>> = {
  "not-injected":
    "In the caller, let the client write the headers: propagator.inject(context, headers) in the context of the CLIENT span, for each request.",
  "not-extracted":
    "In the callee, read the headers before the SERVER span starts: propagator.extract(ROOT_CONTEXT, headers), and give its context to startSpan().",
  "header-dropped":
    "Find what is between the two (proxy, gateway, mesh, message broker) and let traceparent and tracestate through unchanged.",
  "context-lost":
    "Keep the context over the queue, pool, timer or callback before the call: bind the function with context.bind(context.active(), work) where it is handed over.",
  "stale-context":
    "Ask for context.active() inside each request. Do not keep a context, a span or a client with headers of its own between requests.",
  "wrong-parent":
    "Send the context of the CLIENT span itself (context.with(trace.setSpan(context.active(), span), ...) before inject), and read only the standard header.",
  "silent-intermediary":
    "Send the spans of what is between the two to the same backend, or let it pass traceparent on unchanged.",
  "trace-id-altered":
    "Find what is between the two and rewrites trace ids. Where it keeps only 64 bits of them, let it keep all 128 (16 bytes, 32 digits).",
  "sampled-flag-lost":
    "Find what rewrites the flags of traceparent between the two services and let it pass them on unchanged.",
  "sampler-ignores-parent":
    "Give the service a sampler that follows its parent: OTEL_TRACES_SAMPLER=parentbased_always_on or parentbased_traceidratio.",
  "format-mismatch":
    "Let both services use the same format. OTEL_PROPAGATORS=tracecontext,baggage on both; during a migration the callee reads both formats.",
  "malformed-header":
    "Let a propagator write the header. Where it is well-formed when it leaves, find what changes it on the way.",
  "double-instrumentation":
    "Remove one of the two instrumentations of the same server or client, or turn the automatic one off.",
  "span-never-ended": "End the span in a finally block, or let withSpan() end it.",
  "export-failed":
    "Read what the service logs about its exporter, and check OTEL_EXPORTER_OTLP_ENDPOINT, its certificate and the size of its queue.",
  "clock-skew": "Synchronize the clocks of the two machines, by NTP.",
  "random-flag-lost":
    "Find what rewrites the flags of traceparent between the two services and let it pass them on unchanged, also those that it does not know.",
  "tracestate-dropped":
    "Find what is between the two (proxy, gateway, mesh) and let tracestate through with traceparent: the two belong together.",
  "tracestate-altered":
    "Let what is between the two pass tracestate on unchanged, or take part: a span of its own in traceparent, and its own entry first in tracestate.",
  "baggage-dropped":
    "Let the baggage header through, in what is between the two, and in the allow-lists of both services.",
  "baggage-altered":
    "Find what is between the two and rewrites baggage. A value is percent-encoded once, by who sends it, and nothing on the way decodes or encodes it again.",
  "baggage-leak":
    "Send the trace only to hosts that may know of it, or list the keys that may leave: an allow-list for outgoing baggage.",
  "new-trace-unknown": "Capture the header on both sides first; the cause depends on where it was lost.",
  "missing-callee-unknown": "Find out first whether the callee recorded the request and whether it can send its spans.",
  "missing-parent-unknown": "Find out first which process made the missing span.",
};
