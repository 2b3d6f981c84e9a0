/** Unexpected errors are written to the log and hidden from the caller. */
import type { ServiceLog } from "@baton/service";
import { type CallContext, ServerError, type ServerMiddlewareCall, Status } from "nice-grpc-common";

/**
 * Lets gRPC errors and aborts pass. Every other error becomes UNKNOWN without its message, because the message may
 * contain what the caller must not see.
 */
export function hideUnexpectedErrors(log: ServiceLog) {
  return async function* hideUnexpectedErrorsMiddleware<Request, Response>(
    call: ServerMiddlewareCall<Request, Response>,
    context: CallContext,
  ) {
    try {
      return yield* call.next(call.request, context);
    } catch (error) {
      const expected = error instanceof ServerError || (error instanceof Error && error.name === "AbortError");
      if (expected) throw error;
      log.error({ err: error, rpc: call.method.path }, "unexpected error");
      throw new ServerError(Status.UNKNOWN, "unexpected error");
    }
  };
}
