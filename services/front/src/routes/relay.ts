/** GET /relay: front calls itself over HTTP, as often as it is told to, and throws then. */
import type { Telemetry } from "@baton/telemetry";
import { type HttpClientTelemetryOptions, tracedFetch } from "@baton/telemetry/http";
import { Elysia } from "elysia";
import type { DiceClient } from "../dice-client.ts";
import { answers } from "../openapi.ts";
import { ProblemError } from "../problem.ts";
import { defaults, relayQuery, timeoutHeader, timeoutHeaders } from "../schemas.ts";

export interface RelayDeps {
  readonly telemetry: Telemetry;
  readonly dice: DiceClient;
  /** More for the CLIENT spans. @default nothing */
  readonly httpTelemetry?: HttpClientTelemetryOptions | undefined;
}

export function relayRoute({ telemetry, dice, httpTelemetry }: RelayDeps) {
  const fetchNext = tracedFetch(telemetry, { ...httpTelemetry, urlTemplate: () => "/relay" });
  return new Elysia().get(
    "/relay",
    async ({ query, headers, request, server }) => {
      const { hops = defaults.hops } = query;
      const timeoutMs = headers[timeoutHeader];
      if (hops === 0) {
        const [value] = await dice.roll({ player: "", rolls: 1, sides: 6 }, { signal: request.signal, timeoutMs });
        return value;
      }
      // The address that this process listens on: a caller can write anything into Host.
      if (server === null) throw new ProblemError({ status: 503, detail: "This process does not listen on a port." });
      const next = await fetchNext(new URL(`/relay?hops=${hops - 1}`, server.url), {
        signal: request.signal,
        headers: timeoutMs === undefined ? {} : { [timeoutHeader]: String(timeoutMs) },
      });
      const { status } = next;
      return new Response(await next.text(), { status, headers: { "content-type": contentTypeOf(next) } });
    },
    {
      query: relayQuery,
      headers: timeoutHeaders,
      detail: {
        summary: "Throw a die after some hops over HTTP",
        description: "Front calls itself over HTTP before it throws, so that a trace has HTTP on the way.",
        responses: answers("What was thrown.", "text/plain", { type: "integer" }),
      },
    },
  );
}

function contentTypeOf({ headers }: Response): string {
  return headers.get("content-type") ?? "text/plain";
}
