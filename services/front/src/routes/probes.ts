/** GET /healthz and GET /readyz: for the orchestrator that runs this service. */
import { Elysia } from "elysia";
import type { DiceClient } from "../dice-client.ts";
import { answers } from "../openapi.ts";
import { ProblemError } from "../problem.ts";

const status = { type: "object", properties: { status: { type: "string" } } };

export const probePaths = ["/healthz", "/readyz"] as const;

export function probeRoutes(dice: DiceClient) {
  return new Elysia()
    .get("/healthz", () => ({ status: "ok" }), {
      detail: { summary: "Does this process answer?", responses: answers("It does.", "application/json", status) },
    })
    .get(
      "/readyz",
      async ({ request }) => {
        if (await dice.isReady({ signal: request.signal })) return { status: "ready" };
        throw new ProblemError({
          status: 503,
          detail: "The back service is not ready.",
          headers: { "retry-after": "1" },
        });
      },
      {
        detail: {
          summary: "Can requests be served? Asks back's health service.",
          responses: answers("They can.", "application/json", status),
        },
      },
    );
}
