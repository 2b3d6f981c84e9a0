/** The options of an HTTP server. */
import type { ExpectedSpan } from "@baton/trace-tree";
import { caller } from "../spans.ts";
import { type OptionRow, type OptionScenario, optionScenario, tableHeaders } from "./option-scenario.ts";
import { target } from "./targets.ts";

interface Row extends OptionRow {
  /** How the SERVER span differs from that of a plain request. */
  readonly span?: Partial<ExpectedSpan>;
  /** The span of a request that front sends to itself in between. */
  readonly inner?: (path: string) => readonly ExpectedSpan[];
}

/** From a service that nobody has, so that a trace of its own is seen to begin. */
const stranger = { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", baggage: "dice.table=blue" };

const rows: readonly Row[] = [
  {
    name: "captured-request-headers",
    shows: "Request headers on the span, chosen with a glob, without the one that is excluded.",
    request: { headers: tableHeaders },
    attributes: { "http.request.header.x-dice-table": '["blue"]', "http.request.header.x-dice-secret": null },
  },
  {
    name: "captured-response-headers",
    shows: "Response headers on the span.",
    attributes: { "http.response.header.x-dice-cache": '["miss"]' },
  },
  {
    name: "known-methods",
    shows: "A method of your own by its name. Any other is _OTHER.",
    request: { method: "PURGE" },
    attributes: { "http.request.method": "PURGE" },
  },
  {
    name: "span-name",
    shows: "A name of your own for the span.",
    span: { name: "v2 GET /options/http-server/span-name" },
  },
  { name: "span-kind", shows: "Another kind: a webhook is a consumer of messages.", span: { kind: "consumer" } },
  { name: "span-status", shows: "A 404 that counts as an error.", status: 404, span: { status: "error" } },
  {
    name: "start-attributes",
    shows: "Attributes that are known at the start, so that a sampler sees them.",
    request: { headers: { "x-dice-table": "blue" } },
    attributes: { "dice.table": "blue" },
  },
  {
    name: "end-attributes",
    shows: "Attributes that are known only at the end.",
    attributes: { "dice.cache": "miss" },
  },
  {
    name: "active-requests",
    shows: "A metric of the requests that run now.",
    metrics: ["http.server.active_requests"],
  },
  {
    name: "body-sizes",
    shows: "Metrics of the sizes of bodies.",
    request: { lines: ['{"player":"ann"}'] },
    metrics: ["http.server.response.body.size"],
  },
  {
    name: "redacted-query-keys",
    shows: "A secret in the query is replaced before it is recorded.",
    request: { query: "?dice_code=hush&player=ann" },
    attributes: { "url.query": "dice_code=REDACTED&player=ann" },
  },
  {
    name: "trust-continue",
    shows: "The caller's trace goes on, with its baggage.",
    caller: { headers: { baggage: "dice.table=blue" } },
    attributes: { "dice.table": "blue" },
    span: { links: 0 },
  },
  {
    name: "trust-restart",
    shows: "A new trace with a link to the caller's, without its baggage.",
    request: { headers: stranger },
    attributes: { "dice.table": null },
    span: { links: 1 },
  },
  {
    name: "trust-restart-keep-baggage",
    shows: "A new trace with a link to the caller's, with its baggage.",
    request: { headers: stranger },
    attributes: { "dice.table": "blue" },
    span: { links: 1 },
  },
  {
    name: "trust-ignore",
    shows: "A new trace that knows nothing of the caller's.",
    request: { headers: stranger },
    attributes: { "dice.table": null },
    span: { links: 0 },
  },
  {
    name: "trust-proxy",
    shows: "The address of the client, as the proxy in front says it.",
    request: { headers: { "x-forwarded-for": "203.0.113.7" } },
    attributes: { "client.address": "203.0.113.7" },
  },
  {
    name: "trace-response",
    shows: "An answer that does not name its trace. Front asks itself, so that the trace can be shown.",
    inner: (path) => [target("GET", [{ ...server("GET", `${path}/inner`, 200) }])],
  },
  {
    name: "filter",
    shows: "A request that is not traced. Front asks itself: the trace ends at its CLIENT span.",
    inner: () => [target("GET")],
  },
];

export const httpServerOptions: readonly OptionScenario[] = rows.map((row) =>
  optionScenario("http-server", row, (method, path) => {
    const plain = server(method, path, row.status ?? 200, row.inner?.(path));
    const span = { ...plain, ...row.span, attributes: { ...plain.attributes, ...row.attributes } };
    return row.caller === undefined ? span : caller([span]);
  }),
);

/** The SERVER span of an endpoint. */
export function server(
  method: string,
  path: string,
  status: number,
  children: readonly ExpectedSpan[] = [],
): ExpectedSpan {
  return {
    service: "front",
    kind: "server",
    name: `${method} ${path}`,
    attributes: { "http.response.status_code": status, "http.route": path },
    children,
  };
}
