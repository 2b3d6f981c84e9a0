/** The Elysia plugin: `tracedHandler()` for an Elysia application, with its routes, its errors and its sockets. */
import { type AnyElysia, Elysia } from "elysia";
import type { Telemetry } from "../telemetry.ts";
import { createRequestTracer } from "./handler.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { requestSpanOf } from "./server-span.ts";
import { asksForWebSocket } from "./websocket.ts";

/**
 * Makes the plugin. Use it before everything else, so that it sees every request first.
 *
 * The handler runs inside the span, which ends with the last byte of a streamed body. What a handler throws goes to
 * the application's own `onError` unchanged.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span
 */
export function httpServerTelemetry(telemetry: Telemetry, options: HttpServerTelemetryOptions = {}) {
  const serve = createRequestTracer(telemetry, options);
  let app: AnyElysia | undefined;
  const takesSockets = (route: string): boolean =>
    app?.routes.some(({ method, path }) => method === "WS" && path === route) === true;

  return new Elysia({ name: "@baton/telemetry/http" })
    .onStart((started) => {
      app = started;
    })
    .wrap((handle: (request: Request) => unknown) => (request: Request) => {
      const peer = app?.server?.requestIP(request) ?? null;
      return serve(request, peer, () => handle(request));
    })
    .onTransform({ as: "global" }, ({ request, route, set }) => {
      const span = requestSpanOf(request);
      if (span === undefined) return;
      span.setRoute(route);
      if (!asksForWebSocket(request) || !takesSockets(route)) return;
      // The server answers a handshake itself, with these headers and not those of a Response.
      const { traceResponse } = span;
      if (traceResponse !== undefined) set.headers.traceresponse = traceResponse;
    })
    .onAfterHandle({ as: "global" }, ({ request, route, responseValue }) => {
      // Elysia answers a handshake that was accepted with an empty 200 that is never sent.
      if (responseValue !== undefined || !asksForWebSocket(request) || !takesSockets(route)) return;
      const span = requestSpanOf(request);
      if (span !== undefined) span.isUpgraded = true;
    })
    .onError({ as: "global" }, ({ request, route, error }) => {
      const span = requestSpanOf(request);
      if (span === undefined) return;
      // Elysia names no route where it found none.
      if (route) span.setRoute(route);
      span.error = error;
    });
}
