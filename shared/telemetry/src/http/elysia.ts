/** The Elysia plugin: `tracedHandler()` for an Elysia application, with its routes, its errors and its sockets. */
import { context, diag } from "@opentelemetry/api";
import { type AnyElysia, Elysia } from "elysia";
import { isTracingSuppressed } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import {
  createRouteFacts,
  isPlain,
  keepPages,
  reasonOfMissingSpan,
  type Wrap,
  wrapOutermost,
  wrapUncompiled,
} from "./elysia-app.ts";
import { createRequestTracer } from "./handler.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { requestSpanOf } from "./span-of-request.ts";
import { asksForWebSocket } from "./websocket.ts";

/**
 * Makes the plugin. Use it on the outermost application and before everything else, so that it sees every request first.
 *
 * The handler runs inside the span, which ends with the last byte of a streamed body. What a handler throws goes to
 * the application's own `onError` unchanged. An application that another one mounts has no span of its own: its plugin
 * gives the one span of the request its route and its attributes.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function httpServerTelemetry(telemetry: Telemetry, options: HttpServerTelemetryOptions = {}) {
  const serve = createRequestTracer(telemetry, options);
  let app: AnyElysia | undefined;
  let hasWarned = false;
  const wrap: Wrap = (handle) => (request) => {
    return serve(request, app?.server, () => handle(request));
  };

  const plugin = new Elysia({ name: "@baton/telemetry/http" });
  const factsOf = createRouteFacts(() => app, plugin);
  const isHandshake = (request: Request, route: string): boolean =>
    factsOf(request.method, route).isWebSocket && asksForWebSocket(request);
  plugin
    .onStart((started) => {
      app = started;
      wrapUncompiled(started, wrap);
      wrapOutermost(started, plugin);
      keepPages(started, plugin);
    })
    .wrap(wrap);
  if (!telemetry.enabled) return plugin;
  return plugin
    .onTransform({ as: "global" }, ({ request, route, set }) => {
      const span = requestSpanOf(request);
      if (span === undefined) {
        if (hasWarned || isTracingSuppressed(context.active())) return;
        hasWarned = true;
        diag.warn(`the plugin httpServerTelemetry() creates no span, because ${reasonOfMissingSpan(plugin)}`);
        return;
      }
      span.setRoute(route, request);
      // The server answers a handshake itself, with these headers and not those of a Response.
      const { traceResponse } = span;
      if (traceResponse !== undefined && isHandshake(request, route)) set.headers.traceresponse = traceResponse;
    })
    .onAfterHandle({ as: "global" }, ({ request, route, responseValue, response = responseValue }: Handled) => {
      // Elysia answers a handshake that was accepted with an empty 200 that is never sent.
      const span = requestSpanOf(request);
      if (span === undefined) return;
      if (response === undefined && isHandshake(request, route)) span.isUpgraded = true;
      span.hasWholeBody = isPlain(response) && !factsOf(request.method, route).isReplaced;
    })
    .onError({ as: "global" }, ({ request, route, error }) => {
      const span = requestSpanOf(request);
      if (span === undefined) return;
      // The route is empty where Elysia found none.
      if (route) span.setRoute(route, request);
      span.error = error;
    });
}

/** With `aot: false`, Elysia names the value of the handler `response`. */
interface Handled {
  readonly request: Request;
  readonly route: string;
  readonly responseValue: unknown;
  readonly response?: unknown;
}
