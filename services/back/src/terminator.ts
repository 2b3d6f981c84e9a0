/**
 * Ends calls when the server stops, so that a call without an end does not delay the shutdown until its timeout.
 *
 * `nice-grpc-server-middleware-terminator` does the same, but was not in the registry when this was written. The context
 * has the same name as there, because the health service uses it to end its `Watch` calls.
 */
import { type CallContext, ServerError, type ServerMiddlewareCall, Status } from "nice-grpc-common";
import { untilAborted } from "./until-aborted.ts";

export interface TerminatorContext {
  /** Marks a call that has no end by itself: it is ended when a shutdown begins. Bidirectional calls always are. */
  abortOnTerminate(): void;
}

interface RunningCall {
  endless: boolean;
  readonly streams: boolean;
  readonly ending: AbortController;
}

/**
 * Which calls end with UNAVAILABLE "server shutting down". "streams" are the endless ones and the others with a stream of
 * responses. Calls that arrive later are included.
 */
type Ended = "none" | "endless" | "streams" | "all";

export function createTerminator() {
  const calls = new Set<RunningCall>();
  let ended: Ended = "none";

  const endIfDue = ({ endless, streams, ending }: RunningCall) => {
    if (ended === "all" || (ended !== "none" && endless) || (ended === "streams" && streams)) ending.abort();
  };

  async function* middleware<Request, Response>(
    call: ServerMiddlewareCall<Request, Response, TerminatorContext>,
    context: CallContext,
  ) {
    const running: RunningCall = {
      endless: call.requestStream && call.responseStream,
      streams: call.responseStream,
      ending: new AbortController(),
    };
    const { signal } = running.ending;
    const abortOnTerminate = () => {
      running.endless = true;
      endIfDue(running);
    };
    calls.add(running);
    endIfDue(running);
    try {
      const request = call.requestStream ? untilAborted(call.request, signal) : call.request;
      return yield* call.next(request, {
        ...context,
        signal: AbortSignal.any([context.signal, signal]),
        abortOnTerminate,
      });
    } catch (error) {
      if (signal.aborted && !context.signal.aborted && isAbortError(error)) {
        throw new ServerError(Status.UNAVAILABLE, "server shutting down");
      }
      throw error;
    } finally {
      calls.delete(running);
    }
  }

  return {
    middleware,
    /** Ends calls of the given kind, those that run and those that still arrive. */
    end(kind: Exclude<Ended, "none">): void {
      ended = kind;
      for (const call of calls) endIfDue(call);
    },
  };
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}
