/** The scenarios and the trees they must give: one table, which the demo prints and the end-to-end tests check. */
import type { ExpectedSpan } from "@baton/trace-tree";
import type { Scenario } from "./scenario.ts";
import {
  backCall,
  brokenRoll,
  caller,
  frontCall,
  frontServer,
  message,
  noDice,
  rollDice,
  withAttributes,
} from "./spans.ts";

const whole = (rpc: string, ...children: readonly ExpectedSpan[]) =>
  frontCall(rpc, "OK", [backCall(rpc, "OK", children)]);

const atBlueTable = { "dice.table": "blue" };

export const scenarios: readonly Scenario[] = [
  {
    id: "plain-roll",
    title: "A plain roll",
    shows: "One request through both services: HTTP in, gRPC on, a span of our own at the end.",
    request: { type: "http", path: "/rolldice" },
    status: 200,
    tree: frontServer("GET /rolldice", 200, [whole("Roll", rollDice(1, 6))]),
  },
  {
    id: "list-of-rolls",
    title: "A list of rolls",
    shows: "What was asked for is on the spans: player, rolls and sides.",
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
    caller: { spanName: "GET" },
    status: 101,
    tree: caller("GET", [
      frontServer("GET /rolldice/table", 101, [
        whole("PlayRounds", rollDice(1, 6, "ann"), rollDice(2, 6, "bob")),
        message(),
        message(),
      ]),
    ]),
  },
  {
    id: "joined-trace",
    title: "A trace that began elsewhere",
    shows: "The caller's span is the root, and what it put into the baggage is on every span: dice.table.",
    request: { type: "http", path: "/rolldice?rolls=2" },
    caller: { spanName: "GET", headers: { baggage: "dice.table=blue" } },
    status: 200,
    tree: caller("GET", [
      withAttributes(atBlueTable, frontServer("GET /rolldice", 200, [whole("Roll", rollDice(2, 6))])),
    ]),
  },
  {
    id: "validation-error",
    title: "A request that front refuses",
    shows: "400 is the caller's fault: the span is no error, and back never hears of it.",
    request: { type: "http", path: "/rolldice?rolls=0" },
    status: 400,
    tree: frontServer("GET /rolldice", 400),
  },
  {
    id: "unknown-route",
    title: "A route that does not exist",
    shows: "The name stays `GET`: paths that anybody can think of must not become names.",
    request: { type: "http", path: "/no/such/route" },
    status: 404,
    tree: frontServer("GET", 404, [], { "http.route": null, "url.path": "/no/such/route" }),
  },
  {
    id: "back-refuses",
    title: "A player whom back does not let in",
    shows: "PERMISSION_DENIED becomes 403: an error for the client of the call, not for the server.",
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
    title: "An error that nobody planned for",
    shows: "Every span above the one that threw is an error too, and what back wrote is with the trace.",
    request: { type: "http", path: "/rolldice?player=clumsy" },
    status: 500,
    tree: frontServer("GET /rolldice", 500, [
      frontCall("Roll", "UNKNOWN", [backCall("Roll", "UNKNOWN", [brokenRoll("clumsy", "Error")])]),
    ]),
    logs: [{ service: "back", severity: "ERROR", body: "unexpected error", span: "baton.dice.v1.DiceService/Roll" }],
  },
  {
    id: "deadline",
    title: "A caller who cannot wait",
    shows: "The time that the caller allows goes along: back stops working when it is over.",
    request: { type: "http", path: "/rolldice?player=sleepy", headers: { "request-timeout-ms": "300" } },
    status: 504,
    tree: frontServer("GET /rolldice", 504, [
      frontCall("Roll", "DEADLINE_EXCEEDED", [backCall("Roll", "DEADLINE_EXCEEDED", [noDice("sleepy")])]),
    ]),
  },
  {
    id: "back-away",
    title: "Back is away",
    shows: "The call is tried again twice, each attempt is an event, then the answer is 503.",
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
