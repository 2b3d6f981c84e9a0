/** What grpc-js knows of a call and nice-grpc does not hand on: deadline, `:authority`, and the moment of a cancel. */
import {
  type Metadata as GrpcMetadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import type { Metadata } from "nice-grpc-common";

/** The facts of one incoming call. */
export interface CallFacts {
  /** When the call must be answered, in milliseconds since the epoch; `undefined` for never or not known. */
  readonly deadline: number | undefined;
  /** When the call came in, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The `:authority` pseudo-header: the host, and maybe the port, that the caller asked for. */
  readonly authority: string | undefined;
  /** Calls back when the call is cancelled, or has ended in another way. False where nobody can tell: no interceptor. */
  readonly watch: (ended: () => void) => boolean;
}

/** Carries a call's number from the interceptor to the middleware. What a caller sends under this name is overwritten. */
const FACTS_KEY = "baton-call-facts";

/** Calls that the middleware has not seen yet. */
const waiting = new Map<string, NotedCall>();
let calls = 0;

/**
 * Options for nice-grpc's `createServer()`. With them the SERVER span tells a call that ran out of time
 * (DEADLINE_EXCEEDED) from one that was cancelled, and carries `server.address`. Without them every end that came
 * from outside is CANCELLED.
 */
export function grpcServerOptions(): { readonly interceptors: ServerInterceptor[] } {
  return { interceptors: [(_method, call) => new NotedCall(call)] };
}

type Listener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/**
 * Hands everything on at once. The class that it extends keeps messages in order for interceptors that answer late,
 * which costs several closures for each step of each call; this one has nothing to wait for.
 */
class NotedCall extends ServerInterceptingCall implements CallFacts {
  readonly receivedAt = Date.now();
  readonly #call: ServerInterceptingCallInterface;
  readonly #id = String(++calls);
  #ended: (() => void) | undefined;

  constructor(call: ServerInterceptingCallInterface) {
    super(call);
    this.#call = call;
  }

  get deadline(): number | undefined {
    const deadline = Number(this.#call.getDeadline());
    return Number.isFinite(deadline) ? deadline : undefined;
  }

  get authority(): string | undefined {
    return this.#call.getHost() || undefined;
  }

  readonly watch = (ended: () => void): boolean => {
    this.#ended = ended;
    return true;
  };

  override start(listener: Listener): void {
    this.#call.start({
      onReceiveMetadata: (metadata: GrpcMetadata) => {
        metadata.set(FACTS_KEY, this.#id);
        waiting.set(this.#id, this);
        listener.onReceiveMetadata(metadata);
      },
      onReceiveMessage: (message: unknown) => listener.onReceiveMessage(message),
      onReceiveHalfClose: () => listener.onReceiveHalfClose(),
      onCancel: () => {
        waiting.delete(this.#id);
        this.#ended?.();
        listener.onCancel();
      },
    });
  }

  override sendMetadata(metadata: GrpcMetadata): void {
    this.#call.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#call.sendMessage(message, callback);
  }

  override sendStatus(status: Parameters<ServerInterceptingCallInterface["sendStatus"]>[0]): void {
    waiting.delete(this.#id);
    this.#call.sendStatus(status);
  }
}

/** Reads the facts and takes them out of the metadata, so that the method never sees them. */
export function takeCallFacts(metadata: Metadata): CallFacts {
  const id = metadata.get(FACTS_KEY);
  const call = typeof id === "string" ? waiting.get(id) : undefined;
  if (call === undefined || typeof id !== "string") return { ...NOTHING_KNOWN, receivedAt: Date.now() };
  metadata.delete(FACTS_KEY);
  waiting.delete(id);
  return call;
}

const NOTHING_KNOWN = { deadline: undefined, authority: undefined, watch: () => false };

/** How much before its deadline a cancelled call still counts as out of time, in milliseconds. */
const DEADLINE_SLACK_MS = 100;

/**
 * Did the call end because its time was up? The caller's timer started earlier than ours, by one way over the network,
 * so its cancel often arrives a moment before our own deadline.
 */
export function ranOutOfTime({ deadline, receivedAt }: CallFacts, now: number): boolean {
  if (deadline === undefined) return false;
  const slack = Math.min(DEADLINE_SLACK_MS, (deadline - receivedAt) / 2);
  return now >= deadline - slack;
}
