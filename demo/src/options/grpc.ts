/** The options of a gRPC client and of a gRPC server: front calls back. */
import type { ExpectedSpan } from "@baton/trace-tree";
import { brokenRoll, rollDice } from "../spans.ts";
import { server } from "./http-server.ts";
import { type OptionRow, type OptionScenario, optionScenario, tableHeaders } from "./option-scenario.ts";

interface Row extends OptionRow {
  /** How the span of the option differs from that of a plain call. */
  readonly span?: Partial<ExpectedSpan>;
  /** The status of the call, where it is refused. */
  readonly refused?: boolean;
  /** The trace has no span of the option, and ends above it. */
  readonly endsHere?: boolean;
}

const captured: readonly Row[] = [
  {
    name: "captured-request-metadata",
    shows: "Metadata of the request on the span, chosen with a glob, without the key that is excluded.",
    request: { headers: tableHeaders },
    attributes: { "rpc.request.header.x-dice-table": '["blue"]', "rpc.request.header.x-dice-secret": null },
  },
  {
    name: "captured-response-metadata",
    shows: "The header of the response on the span.",
    attributes: { "rpc.response.header.x-dice-region": '["north"]' },
  },
  {
    name: "captured-trailers",
    shows: "The trailer of the response on the span: what is known only at the end.",
    attributes: { "rpc.response.trailer.x-dice-cost": '["3"]' },
  },
];

const clientRows: readonly Row[] = [
  ...captured,
  { name: "span-name", shows: "A name of your own for the span.", span: { name: `${methodOf("plain")} by front` } },
  { name: "span-status", shows: "A refusal that is no error.", refused: true, span: { status: "unset" } },
  {
    name: "start-attributes",
    shows: "Attributes that are known at the start.",
    attributes: { "dice.method": `/${methodOf("plain")}` },
  },
  { name: "end-attributes", shows: "Attributes that are known only at the end.", attributes: { "dice.ok": true } },
  {
    name: "target",
    shows: "The address of the server, which nice-grpc does not tell.",
    attributes: { "server.address": "dice.internal", "server.port": 50_051 },
  },
  { name: "filter", shows: "A call without a span.", endsHere: true },
];

const serverRows: readonly Row[] = [
  ...captured,
  { name: "span-name", shows: "A name of your own for the span.", span: { name: `v2 ${methodOf("span-name")}` } },
  { name: "span-kind", shows: "Another kind: the call delivers a message.", span: { kind: "consumer" } },
  { name: "span-status", shows: "A refusal that counts as an error.", refused: true, span: { status: "error" } },
  {
    name: "start-attributes",
    shows: "Attributes that are known at the start.",
    attributes: { "dice.method": `/${methodOf("start-attributes")}` },
  },
  { name: "end-attributes", shows: "Attributes that are known only at the end.", attributes: { "dice.ok": true } },
  { name: "trust-restart", shows: "Back begins a new trace, with a link to this one.", endsHere: true },
  { name: "trust-ignore", shows: "Back begins a new trace that knows nothing of this one.", endsHere: true },
  { name: "filter", shows: "A call without a SERVER span.", endsHere: true },
];

export const grpcClientOptions: readonly OptionScenario[] = clientRows.map((row) =>
  optionScenario("grpc-client", row, (method, path) => {
    const call = { ...callSpan("plain", row, [backSpan("plain", row)]), ...row.span, attributes: row.attributes ?? {} };
    return server(method, path, 200, row.endsHere ? [] : [call]);
  }),
);

export const grpcServerOptions: readonly OptionScenario[] = serverRows.map((row) =>
  optionScenario("grpc-server", row, (method, path) => {
    const served = { ...backSpan(row.name, row), ...row.span, attributes: row.attributes ?? {} };
    return server(method, path, 200, [callSpan(row.name, row, row.endsHere ? [] : [served])]);
  }),
);

/** What front calls for them: `baton.lab.v1.SpanName/Roll`. */
export const optionMethods: readonly string[] = ["plain", ...serverRows.map(({ name }) => name)].map(methodOf);

function callSpan(name: string, { refused = false }: Row, children: readonly ExpectedSpan[]): ExpectedSpan {
  return { service: "front", kind: "client", name: methodOf(name), status: refused ? "error" : "unset", children };
}

function backSpan(name: string, { refused = false }: Row): ExpectedSpan {
  const roll = refused ? brokenRoll("mallory", "PlayerNotAllowedError") : rollDice(1, 6, "ann");
  return { service: "back", kind: "server", name: methodOf(name), children: [roll] };
}

/** Back has a service for each option: `baton.lab.v1.SpanName` for `span-name`. */
function methodOf(name: string): string {
  const service = name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return `baton.lab.v1.${service}/Roll`;
}
