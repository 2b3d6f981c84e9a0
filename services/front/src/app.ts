/** The HTTP application: telemetry first, then errors, then the routes. Tests call it without a socket. */
import type { ServiceLog } from "@baton/service";
import type { Telemetry } from "@baton/telemetry";
import { httpServerTelemetry } from "@baton/telemetry/http";
import { Elysia } from "elysia";
import type { DiceClient } from "./dice-client.ts";
import { answerErrors } from "./errors.ts";
import { checkHost } from "./host-check.ts";
import { createMethodCheck } from "./method-not-allowed.ts";
import { openapiDocument } from "./openapi.ts";
import { linksRoute } from "./routes/links.ts";
import { probeRoutes } from "./routes/probes.ts";
import { rollRoute } from "./routes/roll.ts";
import { streamRoute } from "./routes/stream.ts";
import { maxMessageBytes, type Tables, tableRoute } from "./routes/table.ts";
import { tallyRoute } from "./routes/tally.ts";

export interface FrontDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  /** Milliseconds that the body of a request may take to arrive. @default 30000 */
  readonly bodyTimeoutMs?: number;
  /** Milliseconds that a player at the table may send nothing; then the socket is closed. @default 300000 */
  readonly tableTimeoutMs?: number;
  /** The open WebSockets. @default A new map. */
  readonly tables?: Tables;
}

export function createFrontApp(deps: FrontDeps) {
  const { telemetry, log, dice, bodyTimeoutMs = 30_000, tableTimeoutMs = 300_000, tables = new Map() } = deps;
  const app = new Elysia({ websocket: { maxPayloadLength: maxMessageBytes } });
  const checkMethod = createMethodCheck(() => app.routes);
  return app
    .use(httpServerTelemetry(telemetry))
    .onError(answerErrors(log))
    .onRequest(({ request }) => {
      checkHost(request);
      checkMethod(request);
    })
    .use(rollRoute(dice))
    .use(streamRoute(dice))
    .use(tallyRoute(dice, bodyTimeoutMs))
    .use(tableRoute({ telemetry, log, dice, tables, timeoutMs: tableTimeoutMs }))
    .use(probeRoutes(dice))
    .use(linksRoute())
    .use(openapiDocument());
}
