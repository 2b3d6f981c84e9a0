/** GET /rolldice: one throw, a unary call. */
import { Elysia } from "elysia";
import type { DiceClient } from "../dice-client.ts";
import { answers } from "../openapi.ts";
import { defaults, rollQuery, timeoutHeader, timeoutHeaders } from "../schemas.ts";

export function rollRoute(dice: DiceClient) {
  return new Elysia().get(
    "/rolldice",
    async ({ query, headers, request }) => {
      const { player = defaults.player, rolls, sides = defaults.sides } = query;
      const values = await dice.roll(
        { player, rolls: rolls ?? defaults.rolls, sides },
        { signal: request.signal, timeoutMs: headers[timeoutHeader] },
      );
      return rolls === undefined ? values[0] : values;
    },
    {
      query: rollQuery,
      headers: timeoutHeaders,
      detail: {
        summary: "Throw dice",
        description: "Without `rolls` the answer is one number, as plain text; with it a list.",
        responses: answers("What was thrown.", "application/json", { type: "array", items: { type: "integer" } }),
      },
    },
  );
}
