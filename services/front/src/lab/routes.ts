/**
 * PUT /lab/fault switches a fault on for all requests; GET /lab/stranger tells somebody else's service; GET /lab/queue
 * sends a message and consumes it.
 */
import type { Telemetry } from "@baton/telemetry";
import { type HttpClientTelemetryOptions, tracedFetch } from "@baton/telemetry/http";
import { context } from "@opentelemetry/api";
import { Elysia, t } from "elysia";
import { readJson } from "../read-json.ts";
import { hasFault } from "./fault-context.ts";
import { consumeWays, type Queue } from "./queue/queue.ts";

export interface LabRoutesDeps {
  readonly telemetry: Telemetry;
  readonly fetchOptions: HttpClientTelemetryOptions;
  readonly strangerUrl: string;
  readonly queue: Queue;
  readonly fault: {
    get(): string | undefined;
    set(fault: string | undefined): void;
  };
}

const FAULT_RULE = "the name of a fault, in lower case with hyphens, or null";

export function labRoutes({ telemetry, fetchOptions, strangerUrl, queue, fault }: LabRoutesDeps) {
  const tellAnybody = tracedFetch(telemetry, fetchOptions);
  const tellNobody = tracedFetch(telemetry, { ...fetchOptions, propagateTo: [] });
  const standing = () => ({ fault: fault.get() ?? null });
  return new Elysia()
    .get("/lab/fault", standing, { detail: { hide: true } })
    .put(
      "/lab/fault",
      ({ body }) => {
        fault.set(body.fault ?? undefined);
        return standing();
      },
      {
        parse: readJson,
        body: t.Object({
          fault: t.Union([t.String({ pattern: "^[a-z0-9-]{1,40}$" }), t.Null()], { rule: FAULT_RULE }),
        }),
        detail: { hide: true },
      },
    )
    .get("/lab/queue", ({ query }) => queue.sendAndConsume(query.as ?? "child"), {
      query: t.Object({ as: t.Optional(t.UnionEnum([...consumeWays])) }),
      detail: { hide: true },
    })
    .get(
      "/lab/stranger",
      async ({ request }) => {
        const tell = hasFault(context.active(), "baggage-leak") ? tellAnybody : tellNobody;
        const { status } = await tell(strangerUrl, { signal: request.signal });
        return { told: status };
      },
      { detail: { hide: true } },
    );
}
