/** One row for each option of telemetry: the page shows it, and the end-to-end tests check it. */
import { backCall, frontCall, frontServer, rollDice, withAttributes } from "../spans.ts";
import { grpcClientOptions, grpcServerOptions } from "./grpc.ts";
import { httpClientOptions } from "./http-client.ts";
import { httpServerOptions } from "./http-server.ts";
import type { OptionScenario } from "./option-scenario.ts";

export type { OptionScenario, Side } from "./option-scenario.ts";

const baggageAttributes: OptionScenario = {
  id: "baggage-attributes",
  title: "baggageAttributes",
  shows:
    'startTelemetry({ baggageAttributes: ["dice.table"] }): a key on the list is an attribute of every span, another is not.',
  side: "baggage",
  request: { type: "http", path: "/rolldice", headers: { baggage: "dice.table=blue,dice.secret=hush" } },
  status: 200,
  tree: withAttributes(
    { "dice.table": "blue", "dice.secret": null },
    frontServer("GET /rolldice", 200, [frontCall("Roll", "OK", [backCall("Roll", "OK", [rollDice(1, 6)])])]),
  ),
  marked: ["dice.table"],
};

export const optionScenarios: readonly OptionScenario[] = [
  ...httpServerOptions,
  ...httpClientOptions,
  ...grpcServerOptions,
  ...grpcClientOptions,
  baggageAttributes,
];
