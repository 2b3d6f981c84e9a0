/** The options of baggage, which hold for a whole service. */
import { backCall, frontCall, frontServer, rollDice, withAttributes } from "../spans.ts";
import { server } from "./http-server.ts";
import { type OptionRow, type OptionScenario, optionScenario } from "./option-scenario.ts";
import { target } from "./targets.ts";

const twoKeys = { baggage: "dice.table=blue,dice.secret=hush" };

const lists: readonly OptionRow[] = [
  {
    name: "allow-in",
    shows: "A list of the keys that a service reads of its callers' baggage.",
    request: { headers: twoKeys },
    attributes: { "http.request.header.baggage": '["dice.table=blue"]' },
  },
  {
    name: "allow-out",
    shows: "A list of the keys that a service sends on.",
    request: { headers: twoKeys },
    attributes: { "http.request.header.baggage": '["dice.table=blue"]' },
  },
];

const baggageAttributes: OptionScenario = {
  id: "baggage-attributes",
  title: "baggageAttributes",
  shows:
    'startTelemetry({ baggageAttributes: ["dice.table"] }): a key on the list is an attribute of every span, another is not.',
  side: "baggage",
  request: { type: "http", path: "/rolldice", headers: twoKeys },
  status: 200,
  tree: withAttributes(
    { "dice.table": "blue", "dice.secret": null },
    frontServer("GET /rolldice", 200, [frontCall("Roll", "OK", [backCall("Roll", "OK", [rollDice(1, 6)])])]),
  ),
  marked: ["dice.table"],
};

export const baggageOptions: readonly OptionScenario[] = [
  baggageAttributes,
  ...lists.map((row) =>
    optionScenario("baggage", row, (method, path) => {
      const sent = { ...target("GET", [server("GET", "/options/target", 200)]), attributes: row.attributes ?? {} };
      return server(method, path, 200, [sent]);
    }),
  ),
];
