/** What grpc-js knows of a call and nice-grpc does not hand on: deadline, `:authority`, and the moment of a cancel. */
import {
  type Metadata as GrpcMetadata,
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
} from "@grpc/grpc-js";
import { type Context, context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";

/** The facts of one incoming call. */
export interface CallFacts {
  /** When the call must be answered, in milliseconds since the epoch; `undefined` for never or not known. */
  readonly deadline: number | undefined;
  /** When the call came in, in milliseconds since the epoch. */
  readonly receivedAt: number;
  /** The `:authority` pseudo-header: the host, and maybe the port, that the caller asked for. */
  readonly authority: string | undefined;
  /** Calls back when the call is cancelled, or has ended in another way. False where nobody can tell: no interceptor. */
  watch(ended: () => void): boolean;
}

/** The interceptor's way to the middleware: nice-grpc calls it in the context in which grpc-js calls nice-grpc. */
const FACTS = createContextKey("gRPC call facts");

/**
 * Options for nice-grpc's `createServer()`. With them the SERVER span tells a call that ran out of time
 * (DEADLINE_EXCEEDED) from one that was cancelled, and carries `server.address`. Without them every end that came
 * from outside is CANCELLED.
 */
export function grpcServerOptions(): { readonly interceptors: ServerInterceptor[] } {
  return { interceptors: [({ requestStream }, call) => new NotedCall(call, requestStream)] };
}

type Listener = Parameters<ServerInterceptingCallInterface["start"]>[0];

/**
 * Hands everything on at once. The class that it extends keeps messages in order for interceptors that answer late,
 * which costs several closures for each step of each call; this one has nothing to wait for.
 */
class NotedCall extends ServerInterceptingCall implements CallFacts, Listener {
  readonly receivedAt = Date.now();
  readonly #call: ServerInterceptingCallInterface;
  readonly #isStream: boolean;
  readonly #context: Context;
  #listener: Listener = SILENT;
  #ended: (() => void) | undefined;

  constructor(call: ServerInterceptingCallInterface, isStream: boolean) {
    super(call);
    this.#call = call;
    this.#isStream = isStream;
    this.#context = ROOT_CONTEXT.setValue(FACTS, this);
  }

  get deadline(): number | undefined {
    const deadline = Number(this.#call.getDeadline());
    return Number.isFinite(deadline) ? deadline : undefined;
  }

  get authority(): string | undefined {
    return this.#call.getHost() || undefined;
  }

  watch(ended: () => void): boolean {
    this.#ended = ended;
    return true;
  }

  override start(listener: Listener): void {
    this.#listener = listener;
    this.#call.start(this);
  }

  onReceiveMetadata(metadata: GrpcMetadata): void {
    // The method of a stream of requests is called now, that of a single request when it is there.
    if (this.#isStream) context.with(this.#context, () => this.#listener.onReceiveMetadata(metadata));
    else this.#listener.onReceiveMetadata(metadata);
  }

  onReceiveMessage(message: unknown): void {
    this.#listener.onReceiveMessage(message);
  }

  onReceiveHalfClose(): void {
    if (this.#isStream) this.#listener.onReceiveHalfClose();
    else context.with(this.#context, () => this.#listener.onReceiveHalfClose());
  }

  onCancel(): void {
    this.#ended?.();
    this.#listener.onCancel();
  }

  override sendMetadata(metadata: GrpcMetadata): void {
    this.#call.sendMetadata(metadata);
  }

  override sendMessage(message: unknown, callback: () => void): void {
    this.#call.sendMessage(message, callback);
  }

  override sendStatus(status: Parameters<ServerInterceptingCallInterface["sendStatus"]>[0]): void {
    this.#call.sendStatus(status);
  }
}

const SILENT: Listener = {
  onReceiveMetadata: () => {},
  onReceiveMessage: () => {},
  onReceiveHalfClose: () => {},
  onCancel: () => {},
};

/** Of the call whose middleware is called now. */
export function activeCallFacts(): CallFacts {
  const facts = context.active().getValue(FACTS);
  return facts instanceof NotedCall ? facts : { ...NOTHING_KNOWN, receivedAt: Date.now() };
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
