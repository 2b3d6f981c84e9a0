/** The HTTP application: telemetry first, then errors, then the routes. Tests call it without a socket. */
import type { ServiceLog } from "@baton/service";
import type { Telemetry } from "@baton/telemetry";
import { type HttpEnd, httpServerTelemetry } from "@baton/telemetry/http";
import type { Attributes } from "@opentelemetry/api";
import { Elysia } from "elysia";
import { ClientError, Status } from "nice-grpc-common";
import { createCallerCheck } from "./caller-check.ts";
import type { FrontConfig } from "./config.ts";
import type { DiceClient } from "./dice-client.ts";
import { answerErrors } from "./errors.ts";

import { checkHost } from "./host-check.ts";
import type { FrontLab } from "./lab/front-lab.ts";
import { createMethodCheck } from "./method-not-allowed.ts";
import { openapiDocument } from "./openapi.ts";
import { requestPath } from "./request-path.ts";
import { iconPath, iconRoute } from "./routes/icon.ts";
import { isPageRequest, pageRoutes } from "./routes/page.ts";
import { probePaths, probeRoutes } from "./routes/probes.ts";
import { relayRoute } from "./routes/relay.ts";

import { rollRoute } from "./routes/roll.ts";
import { type Streams, streamRoute } from "./routes/stream.ts";
import { maxMessageBytes, maxUnreadBytes, type Tables, tableRoute } from "./routes/table.ts";
import { tallyRoute } from "./routes/tally.ts";
import { securityHeaders } from "./security-headers.ts";

/** @returns `undefined` for a request of the application. */
export type AnswerOption = (request: Request, server: { readonly url: URL } | null) => Promise<Response> | undefined;

export interface FrontDeps {
  readonly telemetry: Telemetry;
  readonly log: ServiceLog;
  readonly dice: DiceClient;
  readonly config: Pick<
    FrontConfig,
    "bodyTimeoutMs" | "tableTimeoutMs" | "trust" | "queryUrl" | "queryPageUrl" | "queryToken" | "allowedHosts" | "lab"
  >;
  /** Makes the spans of the browser that shows the page at /. @default none are made */
  readonly browser?: Telemetry;
  /** Answers /options/*, with telemetry of their own. @default none */
  readonly answerOption?: AnswerOption;
  /** The open WebSockets. @default A new map. */
  readonly tables?: Tables;
  /** The open streams of server-sent events. @default A new set. */
  readonly streams?: Streams;
  /** Makes faults on request. @default none */
  readonly lab?: FrontLab;
}

export function createFrontApp({
  telemetry,
  log,
  dice,
  config,
  browser,
  answerOption,
  lab,
  tables = new Map(),
  streams = new Set(),
}: FrontDeps) {
  const app: Elysia = new Elysia({
    websocket: {
      maxPayloadLength: maxMessageBytes,
      // Without these Bun keeps 16 MB for each socket, and then drops answers without a word.
      backpressureLimit: maxUnreadBytes,
      closeOnBackpressureLimit: true,
    },
    // Bun routes these itself, so that the plugin creates no span for them.
    ...(answerOption && { serve: { routes: { "/options/*": (request) => answerBeside(request, answerOption) } } }),
  });
  const answerBeside = async (request: Request, answer: AnswerOption): Promise<Response> => {
    const response = allows(() => checkCaller(request, app.server)) ? await answer(request, app.server) : undefined;
    if (response === undefined) return app.fetch(request);
    for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value);
    return response;
  };
  const checkMethod = createMethodCheck(() => app.routes);
  const checkCaller = createCallerCheck(config);
  return app
    .use(httpServerTelemetry(telemetry, { ...lab?.httpServer, trust: config.trust, filter: isTraced, endAttributes }))
    .onError(answerErrors(log))
    .onRequest(({ request, server, set }) => {
      Object.assign(set.headers, securityHeaders);
      checkHost(request);
      checkCaller(request, server);
      checkMethod(request);
    })
    .use(rollRoute(dice))
    .use(relayRoute({ telemetry, dice, httpTelemetry: lab?.httpClient }))
    .use(streamRoute(dice, streams))
    .use(tallyRoute(dice, config.bodyTimeoutMs))
    .use(tableRoute({ telemetry, log, dice, tables, timeoutMs: config.tableTimeoutMs, onCarrier: lab?.captureCarrier }))
    .use(probeRoutes(dice))
    .use(iconRoute())
    .use(lab?.routes ?? new Elysia())
    .use(pageRoutes(config, browser))
    .use(openapiDocument());
}

/** What a check refuses, the application refuses too, with a problem. */
function allows(check: () => void): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Probes and browsers ask for these by themselves. Their traces would hide the others. */
const untraced: ReadonlySet<string> = new Set([...probePaths, iconPath]);

/** The gRPC status of a call to back that failed, beside the HTTP status that was made of it. */
function endAttributes({ error }: HttpEnd): Attributes {
  return error instanceof ClientError ? { "rpc.status_code": Status[error.code] } : {};
}

function isTraced(request: Request): boolean {
  const path = requestPath(request);
  return !untraced.has(path) && !isPageRequest(path);
}
