/** The options of an HTTP server, each with a request that shows it. */
import type { HttpServerTelemetryOptions } from "@baton/telemetry/http";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { OptionText } from "./options.ts";

export interface HttpServerOption {
  readonly text: OptionText;
  readonly options: HttpServerTelemetryOptions;
  /** @default 200 */
  readonly answer?: ResponseInit;
  /** Front calls the endpoint itself: the effect shows only in a trace that began before it. @default false */
  readonly relayed?: boolean;
}

export const httpServerOptions: readonly HttpServerOption[] = [
  {
    text: {
      name: "captured-request-headers",
      option: 'capturedRequestHeaders: { include: ["x-dice-*"], exclude: ["x-dice-secret"] }',
      look: "http.request.header.x-dice-table on the SERVER span, and no x-dice-secret.",
      why: "A header of your own often explains a request: the tenant, the client's version, the experiment.",
    },
    options: { capturedRequestHeaders: { include: ["x-dice-*"], exclude: ["x-dice-secret"] } },
  },
  {
    text: {
      name: "captured-response-headers",
      option: 'capturedResponseHeaders: ["x-dice-cache"]',
      look: "http.response.header.x-dice-cache on the SERVER span.",
      why: "It says how the answer was made, for example whether a cache had it.",
    },
    options: { capturedResponseHeaders: ["x-dice-cache"] },
    answer: { headers: { "x-dice-cache": "miss" } },
  },
  {
    text: {
      name: "known-methods",
      option: 'knownMethods: ["GET", "PURGE"]',
      look: "http.request.method is PURGE. Without the option it is _OTHER.",
      why: "An API with methods of its own wants them by name. Any other stays _OTHER, so that nobody can fill your metrics with invented ones.",
    },
    options: { knownMethods: ["GET", "PURGE"] },
  },
  {
    text: {
      name: "span-name",
      option: 'spanName: (request, name) => "v2 " + name',
      look: "The name of the SERVER span begins with v2.",
      why: "Some APIs have one route for many operations. Use the operation, never an id: names must be few.",
    },
    options: { spanName: (_request, name) => `v2 ${name}` },
  },
  {
    text: {
      name: "span-kind",
      option: "spanKind: () => SpanKind.CONSUMER",
      look: "The kind of front's span is CONSUMER.",
      why: "A webhook that delivers a message is a consumer: nobody waits for its answer.",
    },
    options: { spanKind: () => SpanKind.CONSUMER },
  },
  {
    text: {
      name: "span-status",
      option: "spanStatus: ({ response }) => response?.status === 404 ? { code: SpanStatusCode.ERROR } : undefined",
      look: "The answer is 404 and the status of the SERVER span is ERROR. By the conventions it would be unset.",
      why: "Where only your own services ask, a 404 is a bug, and you want to find it among the errors.",
    },
    options: {
      spanStatus: ({ response }) => (response?.status === 404 ? { code: SpanStatusCode.ERROR } : undefined),
    },
    answer: { status: 404 },
  },
  {
    text: {
      name: "start-attributes",
      option: 'startAttributes: (request) => ({ "dice.table": request.headers.get("x-dice-table") ?? "none" })',
      look: "dice.table on the SERVER span.",
      why: "A sampler sees the attributes of the start, so it can keep every trace of one tenant.",
    },
    options: { startAttributes: (request) => ({ "dice.table": request.headers.get("x-dice-table") ?? "none" }) },
  },
  {
    text: {
      name: "end-attributes",
      option: 'endAttributes: ({ response }) => ({ "dice.cache": response?.headers.get("x-dice-cache") ?? "none" })',
      look: "dice.cache on the SERVER span.",
      why: "What is known only at the end: which cache answered, how many rows were found.",
    },
    options: { endAttributes: ({ response }) => ({ "dice.cache": response?.headers.get("x-dice-cache") ?? "none" }) },
    answer: { headers: { "x-dice-cache": "miss" } },
  },
  {
    text: {
      name: "active-requests",
      option: "activeRequests: true",
      look: "The metric http.server.active_requests. A trace does not show it.",
      why: "It is how full a server is now, and what an autoscaler should follow.",
    },
    options: { activeRequests: true },
  },
  {
    text: {
      name: "body-sizes",
      option: "bodySizes: true",
      look: "The metric http.server.response.body.size, and http.server.request.body.size where a request says its length.",
      why: "Slow requests are often large ones.",
    },
    options: { bodySizes: true },
  },
  {
    text: {
      name: "redacted-query-keys",
      option: 'redactedQueryKeys: ["dice_code"]',
      look: "url.query on the SERVER span says dice_code=REDACTED.",
      why: "A secret in a URL would be readable by everybody who may read traces.",
    },
    options: { redactedQueryKeys: ["dice_code"] },
  },
  {
    text: {
      name: "trust-continue",
      option: 'trust: "continue" (the default)',
      look: "The SERVER span is a child of the caller's span, and dice.table came with its baggage.",
      why: "Among your own services the trace must go on.",
    },
    options: { trust: "continue" },
  },
  {
    text: {
      name: "trust-restart",
      option: 'trust: "restart"',
      look: "The SERVER span is a root, with a link to the span that the caller sent. Its baggage is gone.",
      why: "At the edge anybody can send a traceparent. Your trace is yours, and the link keeps the way back.",
    },
    options: { trust: "restart" },
  },
  {
    text: {
      name: "trust-restart-keep-baggage",
      option: 'trust: "restart-keep-baggage"',
      look: "The SERVER span is a root with a link, and dice.table came with the baggage.",
      why: "For a partner whose baggage you need and whose traces are not yours.",
    },
    options: { trust: "restart-keep-baggage" },
  },
  {
    text: {
      name: "trust-ignore",
      option: 'trust: "ignore"',
      look: "The SERVER span is a root without a link, and without the baggage.",
      why: "For callers of whom you want to keep nothing, not even an id.",
    },
    options: { trust: "ignore" },
  },
  {
    text: {
      name: "trust-proxy",
      option: "trustProxy: true",
      look: "client.address on the SERVER span is the address in X-Forwarded-For.",
      why: "Behind a proxy every connection comes from the proxy. Only where a proxy sets the header: else anybody can.",
    },
    options: { trustProxy: true },
  },
  {
    text: {
      name: "trace-response",
      option: "traceResponse: false",
      look: "The endpoint below answers without traceresponse. Its SERVER span is there all the same.",
      why: "Strangers need not know the ids of your traces.",
    },
    options: { traceResponse: false },
    relayed: true,
  },
  {
    text: {
      name: "filter",
      option: "filter: () => false",
      look: "The CLIENT span has no child: the request that it sent is not traced.",
      why: "Health probes and assets come all the time and would bury the rest.",
    },
    options: { filter: () => false },
    relayed: true,
  },
];
