/** A server whose telemetry is disabled: the context of a caller is passed on, and nothing else is done. */
import { context } from "@opentelemetry/api";
import { extractContext, headersGetter } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import type { RequestTracer } from "./handler.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { keepHandling } from "./span-of-request.ts";

export function passContextOn({ propagator }: Telemetry, { trust }: HttpServerTelemetryOptions): RequestTracer {
  return (request, _server, handle) => {
    const caller = extractContext(propagator, request.headers, headersGetter, trust).context;
    keepHandling(request, { context: caller, trust });
    return context.with(caller, handle);
  };
}
