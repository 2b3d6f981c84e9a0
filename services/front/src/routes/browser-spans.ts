/**
 * /lab/browser-spans: the CLIENT span of the page at /, which a browser cannot export itself. So a trace begins where its
 * request does. Only with LAB=1: anybody who can reach it can make spans.
 */
import type { Telemetry } from "@baton/telemetry";
import { defaultTextMapSetter, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { Elysia, t } from "elysia";
import { ProblemError } from "../problem.ts";

/** A page that is closed never ends its span; the oldest is ended for it. */
const maxOpen = 50;

const begin = t.Object({
  method: t.String({ pattern: "^[A-Z]{1,16}$" }),
  path: t.String({ pattern: "^/", maxLength: 512 }),
  baggage: t.Optional(t.String({ maxLength: 512 })),
});

const end = t.Object({
  status: t.Integer({ minimum: 100, maximum: 599 }),
  traceresponse: t.Optional(t.String({ maxLength: 64 })),
});

/** @param telemetry Its `service.name` is that of the browser. */
export function browserSpanRoutes({ tracer, propagator }: Pick<Telemetry, "tracer" | "propagator">) {
  const open = new Map<string, Span>();
  return new Elysia()
    .post(
      "/lab/browser-spans",
      ({ body: { method, path, baggage } }) => {
        const attributes = {
          "http.request.method": method,
          "url.path": path.split("?", 1)[0] ?? path,
          ...(baggage === undefined ? {} : { "http.request.header.baggage": [baggage] }),
        };
        const span = tracer.startSpan(method, { kind: SpanKind.CLIENT, attributes }, ROOT_CONTEXT);
        const headers: Record<string, string> = {};
        propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
        const { traceparent } = headers;
        if (traceparent === undefined) throw new ProblemError({ status: 404, detail: "OTEL_PROPAGATORS has no W3C." });
        span.setAttribute("http.request.header.traceparent", [traceparent]);
        const { spanId } = span.spanContext();
        open.set(spanId, span);
        endOldest(open);
        return { id: spanId, traceparent };
      },
      { body: begin, detail: { hide: true } },
    )
    .put(
      "/lab/browser-spans/:id",
      ({ params: { id }, body: { status, traceresponse } }) => {
        const span = open.get(id);
        open.delete(id);
        if (span === undefined) throw new ProblemError({ status: 404, detail: "There is no such span." });
        span.setAttribute("http.response.status_code", status);
        if (traceresponse !== undefined) span.setAttribute("http.response.header.traceresponse", [traceresponse]);
        if (status >= 400) span.setAttribute("error.type", String(status)).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        return { ended: id };
      },
      { params: t.Object({ id: t.String({ pattern: "^[0-9a-f]{16}$" }) }), body: end, detail: { hide: true } },
    );
}

function endOldest(open: Map<string, Span>): void {
  const [oldest] = open;
  if (open.size <= maxOpen || oldest === undefined) return;
  open.delete(oldest[0]);
  oldest[1].end();
}
