/** The HTTP application: telemetry first, then errors, then the routes. Tests call it without a socket. */
import type { ServiceLog } from "@baton/service";
import type { Telemetry } from "@baton/telemetry";
import { httpServerTelemetry } from "@baton/telemetry/http";
import { Elysia } from "elysia";
import type { DiceClient } from "./dice-client.ts";
import { answerErrors } from "./errors.ts";
import type { FrontLab } from "./lab/front-lab.ts";
import { createMethodCheck } from "./method-not-allowed.ts";
import { openapiDocument } from "./openapi.ts";
import { linksRoute } from "./routes/links.ts";
import { probeRoutes } from "./routes/probes.ts";
import { relayRoute } from "./routes/relay.ts";
import { rollRoute } from "./routes/roll.ts";
import { streamRoute } from "./routes/stream.ts";
import { maxMessageBytes, type Tables, tableRoute } from "./routes/table.ts";
import { tallyRoute } from "./routes/tally.ts";

export interface FrontDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  /** The open WebSockets. @default A new map. */
  readonly tables?: Tables;
  /** Makes faults on request. @default none */
  readonly lab?: FrontLab;
}

export function createFrontApp({ telemetry, log, dice, lab, tables = new Map() }: FrontDeps) {
  const app = new Elysia({ websocket: { maxPayloadLength: maxMessageBytes } });
  const checkMethod = createMethodCheck(() => app.routes);
  return app
    .use(httpServerTelemetry(telemetry, lab?.httpServer))
    .onError(answerErrors(log))
    .onRequest(({ request }) => checkMethod(request))
    .use(rollRoute(dice))
    .use(relayRoute({ telemetry, dice, httpTelemetry: lab?.httpClient }))
    .use(streamRoute(dice))
    .use(tallyRoute(dice))
    .use(tableRoute({ telemetry, log, dice, tables }))
    .use(probeRoutes(dice))
    .use(lab?.routes ?? new Elysia())
    .use(linksRoute())
    .use(openapiDocument());
}
