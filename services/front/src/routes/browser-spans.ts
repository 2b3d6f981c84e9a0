/**
 * /lab/browser-spans: the CLIENT span of the page at /, which a browser cannot export itself. So a trace begins where its
 * request does. Only with LAB=1: anybody who can reach it can make spans.
 */
import type { Telemetry } from "@baton/telemetry";
import {
  type Attributes,
  defaultTextMapGetter,
  defaultTextMapSetter,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { Elysia, type Static, t } from "elysia";
import { ProblemError } from "../problem.ts";
import { readJson } from "../read-json.ts";

/** The method of one of the page's own requests. Any other that is not known to telemetry is no name of a span. */
const METHOD_OF_THE_PAGE = "PURGE";

/** A page that is closed never ends its span; the oldest is ended for it. */
const maxOpen = 50;

const path = t.String({ pattern: "^/", maxLength: 512 });

const request = t.Object({
  method: t.String({ pattern: "^[A-Z]{1,16}$" }),
  path,
  baggage: t.Optional(t.String({ maxLength: 512 })),
});

/** All of the work on a WebSocket. A browser cannot put a header on the handshake. */
const socket = t.Object({ socket: path });

/** A message on a WebSocket. `parent`: the `traceparent` of the span of its socket. */
const message = t.Object({ path, parent: t.String({ maxLength: 64 }) });

const begin = t.Union([request, socket, message]);

const end = t.Object({
  /** Left out for a message. */
  status: t.Optional(t.Integer({ minimum: 100, maximum: 599 })),
  traceresponse: t.Optional(t.String({ maxLength: 64 })),
});

/** @param telemetry Its `service.name` is that of the browser. */
export function browserSpanRoutes({
  tracer,
  propagator,
  knownHttpMethods,
}: Pick<Telemetry, "tracer" | "propagator" | "knownHttpMethods">) {
  const open = new Map<string, Span>();
  const knownMethods = [...knownHttpMethods, METHOD_OF_THE_PAGE];
  return new Elysia()
    .post(
      "/lab/browser-spans",
      ({ body }) => {
        const { name, attributes, around = {}, header } = startOf(body, knownMethods);
        const parent = propagator.extract(ROOT_CONTEXT, around, defaultTextMapGetter);
        const kind = header === undefined ? SpanKind.INTERNAL : SpanKind.CLIENT;
        const span = tracer.startSpan(name, { kind, attributes }, parent);
        const headers: Record<string, string> = {};
        propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
        const { traceparent } = headers;
        if (traceparent === undefined) throw new ProblemError({ status: 404, detail: "OTEL_PROPAGATORS has no W3C." });
        if (header !== undefined) span.setAttribute(`${header}.traceparent`, [traceparent]);
        const { spanId } = span.spanContext();
        open.set(spanId, span);
        endOldest(open);
        return { id: spanId, traceparent };
      },
      { parse: readJson, body: begin, detail: { hide: true } },
    )
    .put(
      "/lab/browser-spans/:id",
      ({ params: { id }, body: { status, traceresponse } }) => {
        const span = open.get(id);
        open.delete(id);
        if (span === undefined) throw new ProblemError({ status: 404, detail: "There is no such span." });
        if (status !== undefined) span.setAttribute("http.response.status_code", status);
        if (traceresponse !== undefined) span.setAttribute("http.response.header.traceresponse", [traceresponse]);
        if (status !== undefined && status >= 400)
          span.setAttribute("error.type", String(status)).setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        return { ended: id };
      },
      {
        params: t.Object({ id: t.String({ pattern: "^[0-9a-f]{16}$" }) }),
        parse: readJson,
        body: end,
        detail: { hide: true },
      },
    );
}

interface SpanStart {
  readonly name: string;
  readonly attributes: Attributes;
  /** Carries the span around it. @default a trace begins */
  readonly around?: Readonly<Record<string, string>>;
  /** How the name of an attribute of a captured header begins. Left out where none is sent. */
  readonly header?: string;
}

function startOf(body: Static<typeof begin>, knownMethods: readonly string[]): SpanStart {
  if ("socket" in body) return { name: "websocket", attributes: { "url.path": body.socket } };
  return "method" in body ? ofRequest(body, knownMethods) : ofMessage(body);
}

/** A method that is not known is not a name: anybody could make names without end. */
function ofRequest(
  { method, path: target, baggage }: Static<typeof request>,
  knownMethods: readonly string[],
): SpanStart {
  const isKnown = knownMethods.includes(method);
  return {
    name: isKnown ? method : "HTTP",
    attributes: {
      "http.request.method": isKnown ? method : "_OTHER",
      ...(isKnown ? {} : { "http.request.method_original": method }),
      "url.path": target.split("?", 1)[0] ?? target,
      ...(baggage === undefined ? {} : { "http.request.header.baggage": [baggage] }),
    },
    header: "http.request.header",
  };
}

function ofMessage({ path: target, parent }: Static<typeof message>): SpanStart {
  return {
    name: "websocket message",
    attributes: { "network.protocol.name": "websocket", "url.path": target },
    around: { traceparent: parent },
    header: "messaging.header",
  };
}

function endOldest(open: Map<string, Span>): void {
  const [oldest] = open;
  if (open.size <= maxOpen || oldest === undefined) return;
  open.delete(oldest[0]);
  oldest[1].end();
}
