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
import { requestPath } from "./request-path.ts";
import { isPageRequest, noPage, type PageOptions, pageRoutes } from "./routes/page.ts";
import { probeRoutes } from "./routes/probes.ts";
import { relayRoute } from "./routes/relay.ts";
import { rollRoute } from "./routes/roll.ts";
import { streamRoute } from "./routes/stream.ts";
import { maxMessageBytes, type Tables, tableRoute } from "./routes/table.ts";
import { tallyRoute } from "./routes/tally.ts";

/** @returns `undefined` for a request of the application. */
export type Before = (request: Request, server: { readonly url: URL } | null) => Promise<Response> | undefined;

export interface FrontDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  /** What the page at / shows. @default neither traces nor the lab */
  readonly page?: PageOptions;
  /** Answers some requests with telemetry of their own. @default none */
  readonly before?: Before;
  /** The open WebSockets. @default A new map. */
  readonly tables?: Tables;
  /** Makes faults on request. @default none */
  readonly lab?: FrontLab;
}

export function createFrontApp({ telemetry, log, dice, page = noPage, before, lab, tables = new Map() }: FrontDeps) {
  const app = new Elysia({ websocket: { maxPayloadLength: maxMessageBytes } });
  const checkMethod = createMethodCheck(() => app.routes);
  return (
    app
      .use(httpServerTelemetry(telemetry, { ...lab?.httpServer, filter: isTraced }))
      // The wrap that is added last runs first.
      .wrap((handle) => ((request: Request) => before?.(request, app.server) ?? handle(request)) as typeof handle)
      .onError(answerErrors(log))
      .onRequest(({ request }) => checkMethod(request))
      .use(rollRoute(dice))
      .use(relayRoute({ telemetry, dice, httpTelemetry: lab?.httpClient }))
      .use(streamRoute(dice))
      .use(tallyRoute(dice))
      .use(tableRoute({ telemetry, log, dice, tables }))
      .use(probeRoutes(dice))
      .use(lab?.routes ?? new Elysia())
      .use(pageRoutes(page))
      .use(openapiDocument())
  );
}

/** What machines ask for by themselves would bury the requests of people. */
function isTraced(request: Request): boolean {
  const path = requestPath(request);
  return !(path === "/healthz" || path === "/readyz" || isPageRequest(path));
}
