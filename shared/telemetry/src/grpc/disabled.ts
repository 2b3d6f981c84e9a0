/** Middleware whose telemetry is disabled: the context of a caller is passed on, and nothing else is done. */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import {
  type CallContext,
  type CallOptions,
  type ClientMiddleware,
  type ClientMiddlewareCall,
  Metadata,
  type ServerMiddleware,
  type ServerMiddlewareCall,
} from "nice-grpc-common";
import { EMPTY_CONTEXT } from "../lean-context.ts";
import { extractContext, metadataGetter, metadataSetter } from "../propagation/index.ts";
import type { Telemetry } from "../telemetry.ts";
import type { GrpcServerTelemetryOptions } from "./options.ts";
import { observeStream } from "./stream.ts";

export function passContextToServer({ propagator }: Telemetry): ClientMiddleware {
  return <Request, Response>(call: ClientMiddlewareCall<Request, Response>, callOptions: CallOptions) => {
    const active = context.active();
    if (active === EMPTY_CONTEXT || active === ROOT_CONTEXT) return call.next(call.request, callOptions);
    const metadata = Metadata(callOptions.metadata);
    propagator.inject(active, metadata, metadataSetter);
    return call.next(call.request, { ...callOptions, metadata });
  };
}

export function takeContextOfCaller(
  { propagator }: Telemetry,
  { trust }: GrpcServerTelemetryOptions,
): ServerMiddleware {
  return <Request, Response>(call: ServerMiddlewareCall<Request, Response>, callContext: CallContext) => {
    const caller = extractContext(propagator, callContext.metadata, metadataGetter, trust).context;
    if (caller === EMPTY_CONTEXT) return call.next(call.request, callContext);
    return observeStream<Response, Response | void>(() => {
      return { generator: call.next(call.request, callContext), context: caller, end: () => {} };
    });
  };
}
