/** A server whose telemetry is disabled: the context of a caller is passed on, and nothing else is done. */
import { context, createContextKey } from "@opentelemetry/api";
import { extractContext, headersGetter } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import type { RequestTracer } from "./handler.ts";
import type { HttpServerTelemetryOptions } from "./options.ts";
import { type Handling, isCopy, keepHandling } from "./span-of-request.ts";

/** A request whose caller is not trusted with everything: a mounted application must not read its context again. */
interface Restricted extends Handling {
  readonly request: Request;
}

const RESTRICTED = createContextKey("@baton/telemetry restricted request");

export function passContextOn({ propagator }: Telemetry, { trust }: HttpServerTelemetryOptions): RequestTracer {
  return (request, _server, handle) => {
    const around = context.active().getValue(RESTRICTED) as Restricted | undefined;
    if (around !== undefined && isCopy(request, around.request)) {
      keepHandling(request, around);
      return handle();
    }
    const caller = extractContext(propagator, request.headers, headersGetter, trust).context;
    const handling: Restricted = { request, context: caller, trust };
    keepHandling(request, handling);
    // A context without a key costs less, and most servers trust their callers.
    const isTrusted = trust === undefined || trust === "continue";
    return context.with(isTrusted ? caller : caller.setValue(RESTRICTED, handling), handle);
  };
}
