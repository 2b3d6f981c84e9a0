/** The scenarios and their expected trees: one table that the demo prints and the end-to-end tests check. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { Scenario } from "./scenario.ts";
import {
  backCall,
  brokenRoll,
  caller,
  callerService,
  carriedMessage,
  frontCall,
  frontFetch,
  frontServer,
  message,
  noDice,
  rollDice,
  withAttributes,
} from "./spans.ts";

const whole = (rpc: string, ...children: readonly ExpectedSpan[]) =>
  frontCall(rpc, "OK", [backCall(rpc, "OK", children)]);

/** As many hops over HTTP, and the call at the end. */
const relay = (hops: number, status: number, call: ExpectedSpan): ExpectedSpan =>
  frontServer("GET /relay", status, [
    hops === 0 ? call : frontFetch("GET /relay", status, [relay(hops - 1, status, call)]),
  ]);

const atBlueTable = { "dice.table": "blue" };

export const scenarios: readonly Scenario[] = [
  {
    id: "plain-roll",
    title: "A plain roll",
    shows: "One request through both services: HTTP to front, gRPC to back, and a manual span at the end.",
    request: { type: "http", path: "/rolldice" },
    status: 200,
    tree: frontServer("GET /rolldice", 200, [whole("Roll", rollDice(1, 6))]),
  },
  {
    id: "list-of-rolls",
    title: "A list of rolls",
    shows: "The parameters are attributes of the span: player, rolls and sides.",
    request: { type: "http", path: "/rolldice?player=ann&rolls=3&sides=20" },
    status: 200,
    tree: frontServer("GET /rolldice", 200, [whole("Roll", rollDice(3, 20, "ann"))]),
  },
  {
    id: "stream",
    title: "A stream",
    shows: "Server-sent events over a server-streaming call: each span lasts as long as its stream.",
    request: { type: "http", path: "/rolldice/stream?rolls=3&interval_ms=20" },
    status: 200,
    tree: frontServer("GET /rolldice/stream", 200, [
      whole("StreamRolls", rollDice(1, 6), rollDice(1, 6), rollDice(1, 6)),
    ]),
  },
  {
    id: "tally",
    title: "A tally",
    shows: "A body read line by line into a client-streaming call.",
    request: {
      type: "http",
      path: "/rolldice/tally",
      lines: ['{"player":"ann","rolls":2}', '{"player":"bob","rolls":1,"sides":12}'],
    },
    status: 200,
    tree: frontServer("POST /rolldice/tally", 200, [
      whole("TallyRolls", rollDice(2, 6, "ann"), rollDice(1, 12, "bob")),
    ]),
  },
  {
    id: "table-game",
    title: "A table game",
    shows: "A WebSocket over a bidirectional call: each message is a child of the handshake.",
    request: {
      type: "websocket",
      path: "/rolldice/table",
      messages: ['{"player":"ann"}', '{"player":"bob","rolls":2}'],
    },
    caller: {},
    status: 101,
    tree: caller([
      frontServer("GET /rolldice/table", 101, [
        whole("PlayRounds", rollDice(1, 6, "ann"), rollDice(2, 6, "bob")),
        message(),
        message(),
      ]),
    ]),
  },
  {
    id: "table-messages",
    title: "A table game whose messages carry the context",
    shows:
      "Each message brings a traceparent of its own: its span is a child of its sender's span, and links to the handshake.",
    request: {
      type: "websocket",
      path: "/rolldice/table",
      messages: ['{"player":"ann"}', '{"player":"bob","rolls":2}'],
      carriesContext: true,
    },
    caller: {},
    status: 101,
    tree: caller([
      frontServer("GET /rolldice/table", 101, [whole("PlayRounds", rollDice(1, 6, "ann"), rollDice(2, 6, "bob"))]),
      carriedMessage(callerService),
      carriedMessage(callerService),
    ]),
  },
  {
    id: "joined-trace",
    title: "A trace that another service began",
    shows: "The span of the caller is the root. Its baggage entry dice.table is an attribute of every span.",
    request: { type: "http", path: "/rolldice?rolls=2" },
    caller: { headers: { baggage: "dice.table=blue" } },
    status: 200,
    tree: caller([withAttributes(atBlueTable, frontServer("GET /rolldice", 200, [whole("Roll", rollDice(2, 6))]))]),
  },
  {
    id: "relay",
    title: "HTTP on the way",
    shows: "Front calls itself twice over HTTP: each hop is a CLIENT span and the SERVER span of the same request.",
    request: { type: "http", path: "/relay?hops=2" },
    status: 200,
    tree: relay(2, 200, whole("Roll", rollDice(1, 6))),
  },
  {
    id: "validation-error",
    title: "A request that front refuses",
    shows: "400 is an error of the client: the status of the span is unset, and back is not called.",
    request: { type: "http", path: "/rolldice?rolls=0" },
    status: 400,
    tree: frontServer("GET /rolldice", 400),
  },
  {
    id: "unknown-route",
    title: "A route that does not exist",
    shows: "The span name is only `GET`: any path can be requested, so a path must not become a name.",
    request: { type: "http", path: "/no/such/route" },
    status: 404,
    tree: frontServer("GET", 404, [], { "http.route": null, "url.path": "/no/such/route" }),
  },
  {
    id: "back-refuses",
    title: "A player who may not play",
    shows: "PERMISSION_DENIED becomes 403: an error on the CLIENT span of the call, not on its SERVER span.",
    request: { type: "http", path: "/rolldice?player=mallory" },
    status: 403,
    tree: frontServer("GET /rolldice", 403, [
      frontCall("Roll", "PERMISSION_DENIED", [
        backCall("Roll", "PERMISSION_DENIED", [brokenRoll("mallory", "PlayerNotAllowedError")]),
      ]),
    ]),
  },
  {
    id: "back-fails",
    title: "An unexpected error",
    shows: "Every span above the failed one is an error too, and the log record of back belongs to the trace.",
    request: { type: "http", path: "/rolldice?player=clumsy" },
    status: 500,
    tree: frontServer("GET /rolldice", 500, [
      frontCall("Roll", "UNKNOWN", [backCall("Roll", "UNKNOWN", [brokenRoll("clumsy", "Error")])]),
    ]),
    logs: [{ service: "back", severity: "ERROR", body: "unexpected error", span: "baton.dice.v1.DiceService/Roll" }],
  },
  {
    id: "deadline",
    title: "A caller with a short deadline",
    shows: "The deadline of the caller is sent to back, and back stops working when it is over.",
    request: { type: "http", path: "/rolldice?player=sleepy", headers: { "request-timeout-ms": "300" } },
    status: 504,
    tree: frontServer("GET /rolldice", 504, [
      frontCall("Roll", "DEADLINE_EXCEEDED", [backCall("Roll", "DEADLINE_EXCEEDED", [noDice("sleepy")])]),
    ]),
  },
  {
    id: "back-away",
    title: "Back is away",
    shows: "The call is tried two more times, each attempt is an event, then the answer is 503.",
    request: { type: "http", path: "/rolldice" },
    backAway: true,
    status: 503,
    tree: frontServer("GET /rolldice", 503, [
      { ...frontCall("Roll", "UNAVAILABLE"), events: ["rpc.retry", "rpc.retry"] },
    ]),
  },
];

/** @throws Error when there is no scenario of this id. */
export function findScenario(id: string): Scenario {
  const scenario = scenarios.find((candidate) => candidate.id === id);
  if (scenario === undefined) throw new Error(`there is no scenario "${id}"`);
  return scenario;
}
