/** The options of an HTTP client: front asks itself. */
import type { ExpectedSpan } from "@baton/trace-tree";
import { server } from "./http-server.ts";
import { type OptionRow, type OptionScenario, optionScenario, tableHeaders } from "./option-scenario.ts";
import { target } from "./targets.ts";

interface Row extends OptionRow {
  /** How the CLIENT span differs from that of a plain request. */
  readonly span?: Partial<ExpectedSpan>;
  /** All spans below the one of the endpoint, where they are not one CLIENT span over one SERVER span. */
  readonly below?: readonly ExpectedSpan[];
}

const path = "/options/target";
const answered = server("GET", path, 200);
/** A SERVER span names a method that it does not know `HTTP`. */
const purged = { ...answered, name: `HTTP ${path}`, attributes: { "http.request.method": "_OTHER" } };

const rows: readonly Row[] = [
  {
    name: "captured-request-headers",
    shows: "Request headers on the span, as they were sent.",
    request: { headers: tableHeaders },
    attributes: { "http.request.header.x-dice-table": '["blue"]', "http.request.header.x-dice-secret": null },
  },
  {
    name: "captured-response-headers",
    shows: "Response headers on the span.",
    attributes: { "http.response.header.x-dice-cache": '["hit"]' },
  },
  {
    name: "known-methods",
    shows: "A method of your own by its name.",
    request: { method: "PURGE" },
    attributes: { "http.request.method": "PURGE" },
    span: { name: "PURGE", children: [purged] },
  },
  { name: "span-name", shows: "A name of your own for the span.", span: { name: "GET dice bank" } },
  {
    name: "span-status",
    shows: "A 404 that is no error: the question was whether something exists.",
    span: { status: "unset", children: [server("GET", path, 404)] },
    attributes: { "http.response.status_code": 404 },
  },
  { name: "start-attributes", shows: "Attributes that are known at the start.", attributes: { "dice.bank": "north" } },
  { name: "end-attributes", shows: "Attributes that are known only at the end.", attributes: { "dice.cache": "hit" } },
  { name: "active-requests", shows: "A metric of the calls that run now.", metrics: ["http.client.active_requests"] },
  {
    name: "body-sizes",
    shows: "A metric of the sizes of request bodies.",
    request: { lines: ['{"player":"ann"}'] },
    span: { name: "POST", children: [server("POST", path, 200)] },
    metrics: ["http.client.request.body.size"],
  },
  {
    name: "redacted-query-keys",
    shows: "A secret in a URL is replaced before it is recorded.",
    attributes: { "url.full": /\?dice_code=REDACTED$/ },
  },
  {
    name: "url-template",
    shows: "The route of the other side, which only its caller can know.",
    attributes: { "url.template": "/options/{name}" },
    span: { name: "GET /options/{name}" },
  },
  {
    name: "resend-count",
    shows: "A redirect that is followed: one span for each request, and a count on those after the first.",
    attributes: { "http.request.resend_count": 1 },
    below: [
      target("GET", [server("GET", path, 302)]),
      { ...target("GET", [answered]), attributes: { "http.request.resend_count": 1 } },
    ],
  },
  {
    name: "propagate-to",
    shows: "A host that is not told of the trace: the trace ends at the CLIENT span.",
    span: { children: [] },
  },
  { name: "filter", shows: "A call without a span.", below: [] },
];

export const httpClientOptions: readonly OptionScenario[] = rows.map((row) =>
  optionScenario("http-client", row, (method, route) => {
    const plain = target("GET", [answered]);
    const below = row.below ?? [{ ...plain, ...row.span, attributes: row.attributes ?? {} }];
    const name = method === "PURGE" ? `HTTP ${route}` : `${method} ${route}`;
    return { ...server(method, route, 200, below), name };
  }),
);
