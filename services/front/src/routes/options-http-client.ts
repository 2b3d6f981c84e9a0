/** The options of an HTTP client, each with a request that shows it. Front calls itself. */
import type { HttpClientTelemetryOptions } from "@baton/telemetry/http";
import { SpanStatusCode } from "@opentelemetry/api";
import type { OptionText } from "./options.ts";

export interface HttpClientOption {
  readonly text: OptionText;
  readonly options: HttpClientTelemetryOptions;
  /** The path and query that front asks itself for. */
  readonly target: string;
}

const target = "/options/target";

export const httpClientOptions: readonly HttpClientOption[] = [
  {
    text: {
      name: "captured-request-headers",
      option: 'capturedRequestHeaders: { include: ["x-dice-*"], exclude: ["x-dice-secret"] }',
      look: "http.request.header.x-dice-table on the CLIENT span, and no x-dice-secret.",
      why: "What was sent, as it was sent: when the other side says that it got something else.",
    },
    options: { capturedRequestHeaders: { include: ["x-dice-*"], exclude: ["x-dice-secret"] } },
    target,
  },
  {
    text: {
      name: "captured-response-headers",
      option: 'capturedResponseHeaders: ["x-dice-cache"]',
      look: "http.response.header.x-dice-cache on the CLIENT span.",
      why: "What the other side says of its answer, when you cannot read its traces.",
    },
    options: { capturedResponseHeaders: ["x-dice-cache"] },
    target,
  },
  {
    text: {
      name: "known-methods",
      option: 'knownMethods: ["GET", "PURGE"]',
      look: "http.request.method of the CLIENT span is PURGE. The SERVER span has no such option and says _OTHER.",
      why: "A cache is purged with PURGE, and you want to see it by name.",
    },
    options: { knownMethods: ["GET", "PURGE"] },
    target,
  },
  {
    text: {
      name: "span-name",
      option: 'spanName: (request, name) => name + " dice bank"',
      look: "The name of the CLIENT span ends with dice bank.",
      why: "By the conventions it is only GET. The name of the API that is called says more.",
    },
    options: { spanName: (_request, name) => `${name} dice bank` },
    target,
  },
  {
    text: {
      name: "span-status",
      option: "spanStatus: ({ response }) => response?.status === 404 ? { code: SpanStatusCode.UNSET } : undefined",
      look: "The other side answers 404 and the status of the CLIENT span is unset. By the conventions it would be ERROR.",
      why: "To ask whether something exists is no error when it does not.",
    },
    options: {
      spanStatus: ({ response }) => (response?.status === 404 ? { code: SpanStatusCode.UNSET } : undefined),
    },
    target: `${target}?missing`,
  },
  {
    text: {
      name: "start-attributes",
      option: 'startAttributes: () => ({ "dice.bank": "north" })',
      look: "dice.bank on the CLIENT span.",
      why: "Which shard or region was asked.",
    },
    options: { startAttributes: () => ({ "dice.bank": "north" }) },
    target,
  },
  {
    text: {
      name: "end-attributes",
      option: 'endAttributes: ({ response }) => ({ "dice.cache": response?.headers.get("x-dice-cache") ?? "none" })',
      look: "dice.cache on the CLIENT span.",
      why: "What the answer said: the quota that is left, the cache that had it.",
    },
    options: { endAttributes: ({ response }) => ({ "dice.cache": response?.headers.get("x-dice-cache") ?? "none" }) },
    target,
  },
  {
    text: {
      name: "active-requests",
      option: "activeRequests: true",
      look: "The metric http.client.active_requests. A trace does not show it.",
      why: "Calls that pile up show that the other side is slow, before any of them has ended.",
    },
    options: { activeRequests: true },
    target,
  },
  {
    text: {
      name: "body-sizes",
      option: "bodySizes: true",
      look: "The metric http.client.request.body.size. A trace does not show it.",
      why: "What your uploads cost.",
    },
    options: { bodySizes: true },
    target,
  },
  {
    text: {
      name: "redacted-query-keys",
      option: 'redactedQueryKeys: ["dice_code"]',
      look: "url.full on the CLIENT span says dice_code=REDACTED.",
      why: "An API key in a URL would be readable by everybody who may read traces.",
    },
    options: { redactedQueryKeys: ["dice_code"] },
    target: `${target}?dice_code=hush`,
  },
  {
    text: {
      name: "url-template",
      option: 'urlTemplate: () => "/options/{name}"',
      look: "url.template on the CLIENT span, and the template in its name.",
      why: "The route of the other side, without ids: one name for all users, and a metric for each route.",
    },
    options: { urlTemplate: () => "/options/{name}" },
    target,
  },
  {
    text: {
      name: "resend-count",
      option: "(no option: redirects are followed one by one)",
      look: "Two CLIENT spans. The second has http.request.resend_count 1.",
      why: "A redirect costs a whole request. It must be seen.",
    },
    options: {},
    target: `${target}?redirect`,
  },
  {
    text: {
      name: "propagate-to",
      option: 'propagateTo: ["dice.internal"]',
      look: "The CLIENT span has no child: the other side was not told of the trace.",
      why: "Ids and baggage are for your own services, not for every API on the internet.",
    },
    options: { propagateTo: ["dice.internal"] },
    target,
  },
  {
    text: {
      name: "filter",
      option: "filter: () => false",
      look: "There is no CLIENT span.",
      why: "For calls that come every second and say nothing.",
    },
    options: { filter: () => false },
    target,
  },
];
