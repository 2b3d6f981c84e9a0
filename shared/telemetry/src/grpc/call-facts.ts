/** What grpc-js knows of a call and nice-grpc does not hand on: its deadline and the `:authority` it was sent to. */
import { ServerInterceptingCall, type ServerInterceptor } from "@grpc/grpc-js";
import type { Metadata } from "nice-grpc-common";

/** The facts of one incoming call. */
export interface CallFacts {
  /** When the call must be answered, in milliseconds since the epoch; `undefined` for never or not known. */
  readonly deadline: number | undefined;
  /** When the call came in, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The `:authority` pseudo-header: the host, and maybe the port, that the caller asked for. */
  readonly authority: string | undefined;
}

/** Carries the facts from the interceptor to the middleware. Whatever a caller sends under this name is overwritten. */
const FACTS_KEY = "baton-call-facts";

/**
 * Options for nice-grpc's `createServer()`. With them the SERVER span tells a call that ran out of time
 * (DEADLINE_EXCEEDED) from one that was cancelled, and carries `server.address`. Without them every end that came
 * from outside is CANCELLED.
 */
export function grpcServerOptions(): { readonly interceptors: ServerInterceptor[] } {
  return { interceptors: [noteFacts] };
}

const noteFacts: ServerInterceptor = (_method, call) =>
  new ServerInterceptingCall(call, {
    start: (next) =>
      next({
        onReceiveMetadata: (metadata, deliver) => {
          const deadline = Number(call.getDeadline());
          metadata.set(FACTS_KEY, `${Number.isFinite(deadline) ? deadline : ""} ${call.getHost()}`);
          deliver(metadata);
        },
      }),
  });

/** Reads the facts and takes them out of the metadata, so that the method never sees them. */
export function takeCallFacts(metadata: Metadata): CallFacts {
  const receivedAt = Date.now();
  const text = metadata.get(FACTS_KEY);
  if (typeof text !== "string") return { deadline: undefined, authority: undefined, receivedAt };
  metadata.delete(FACTS_KEY);
  const space = text.indexOf(" ");
  const deadline = Number.parseInt(text.slice(0, space), 10);
  return {
    deadline: Number.isNaN(deadline) ? undefined : deadline,
    authority: text.slice(space + 1) || undefined,
    receivedAt,
  };
}

/** How much before its deadline a cancelled call still counts as out of time, in milliseconds. */
const DEADLINE_SLACK_MS = 100;

/**
 * Did the call end because its time was up? The caller's timer started earlier than ours, by one way over the network,
 * so its cancel often arrives a moment before our own deadline.
 */
export function ranOutOfTime(facts: CallFacts, now: number): boolean {
  if (facts.deadline === undefined) return false;
  const slack = Math.min(DEADLINE_SLACK_MS, (facts.deadline - facts.receivedAt) / 2);
  return now >= facts.deadline - slack;
}
