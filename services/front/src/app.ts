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
import { browserSpanRoutes } from "./routes/browser-spans.ts";
import { type PageFacts, pageRoutes } from "./routes/page.ts";
import { probeRoutes } from "./routes/probes.ts";
import { rollRoute } from "./routes/roll.ts";
import { streamRoute } from "./routes/stream.ts";
import { maxMessageBytes, type Tables, tableRoute } from "./routes/table.ts";
import { tallyRoute } from "./routes/tally.ts";
import { tracesRoutes } from "./routes/traces.ts";

export interface PageOptions {
  readonly queryUrl: string;
  readonly queryPageUrl: string;
  readonly lab: boolean;
}

const noPage: PageOptions = { queryUrl: "", queryPageUrl: "", lab: false };

export interface FrontDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  /** Where the page at / reads and shows traces, and whether the lab is on. @default nowhere, and not */
  readonly page?: PageOptions;
  /** Answers a request before the application does, with telemetry of its own. @default nothing is answered so */
  readonly before?: (request: Request, self: URL) => Promise<Response> | undefined;
  /** Makes the spans of the page at /. @default none are made */
  readonly browser?: Telemetry;
  /** The open WebSockets. @default A new map. */
  readonly tables?: Tables;
  /** Makes faults on request. @default none */
  readonly lab?: FrontLab;
}

export function createFrontApp({
  telemetry,
  log,
  dice,
  page = noPage,
  before,
  browser,
  lab,
  tables = new Map(),
}: FrontDeps) {
  const app = new Elysia({ websocket: { maxPayloadLength: maxMessageBytes } });
  const checkMethod = createMethodCheck(() => app.routes);
  return (
    app
      .use(httpServerTelemetry(telemetry, { ...lab?.httpServer, filter: isTraced }))
      // The wrap that is added last runs first.
      .wrap(
        (handle) =>
          ((request: Request) => before?.(request, ownUrl(app.server?.port)) ?? handle(request)) as typeof handle,
      )
      .onError(answerErrors(log))
      .onRequest(({ request }) => checkMethod(request))
      .use(rollRoute(dice))
      .use(streamRoute(dice))
      .use(tallyRoute(dice))
      .use(tableRoute({ telemetry, log, dice, tables }))
      .use(probeRoutes(dice))
      .use(lab?.routes ?? new Elysia())
      .use(browser === undefined ? new Elysia() : browserSpanRoutes(browser))
      .use(tracesRoutes(page))
      .use(pageRoutes(factsOf(page)))
      .use(openapiDocument())
  );
}

/** Probes and what the page asks for itself come often; traced, they would bury the requests that it shows. */
function isTraced(request: Request): boolean {
  return !/^\/(healthz|readyz|assets\/.*|lab\/(browser-spans|fault|metrics|traces)(\/.*)?)$/.test(requestPath(request));
}

function factsOf({ queryUrl, queryPageUrl, lab }: PageOptions): PageFacts {
  return { queryPageUrl: queryPageUrl || queryUrl, hasTraces: queryUrl !== "", lab };
}

/** By loopback, whatever name the caller has used for it. */
function ownUrl(port = 0): URL {
  return new URL(`http://127.0.0.1:${port}`);
}
