/** Follows one gRPC call of any kind: nice-grpc gives each call as an async generator. */
import { type Context, context, diag } from "@opentelemetry/api";
import { printed } from "../thrown.ts";

/** How a call ended: it returned, it threw, or its reader stopped before the end. */
export type StreamEnd =
  | { readonly how: "returned" }
  | { readonly how: "threw"; readonly error: unknown }
  | { readonly how: "stopped" };

type Generator<Item, Result> = AsyncGenerator<Item, Result, undefined>;
type Step<Item, Result> = Promise<IteratorResult<Item, Result>>;

/** A call that is running. */
export interface StartedCall<Item, Result> {
  readonly generator: Generator<Item, Result>;
  /** The context that is active while the generator runs. */
  readonly context: Context;
  /** Called once. */
  end(end: StreamEnd): void;
}

/**
 * Runs each step of a call in the call's context and reports its end once.
 *
 * Each step sets the context again, because a generator resumes in the context of the caller of `next()`. The call starts
 * with the first `next()`: a stream that is not read has not begun.
 */
export function observeStream<Item, Result>(start: () => StartedCall<Item, Result>): Generator<Item, Result> {
  return new ObservedStream(start);
}

/** A class and no `async function*` around `yield*`, so that no message passes through a further promise. */
class ObservedStream<Item, Result> implements Generator<Item, Result> {
  readonly #start: () => StartedCall<Item, Result>;
  // Made once for a call, not for each of its messages.
  readonly #afterNext = this.#endsAs(RETURNED);
  readonly #afterError = (error: unknown) => this.#finish({ how: "threw", error });
  #call: StartedCall<Item, Result> | undefined;
  #over = false;

  constructor(start: () => StartedCall<Item, Result>) {
    this.#start = start;
  }

  next(): Step<Item, Result> {
    return this.#step(next, this.#afterNext);
  }

  throw(error: unknown): Step<Item, Result> {
    this.#call ??= neverBegun();
    return this.#step((generator) => generator.throw(error), this.#afterNext);
  }

  return(value: Result | PromiseLike<Result>): Step<Item, Result> {
    this.#call ??= neverBegun();
    return this.#step(async (generator) => generator.return(await value), this.#endsAs(STOPPED));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return(undefined as Result);
  }

  #step(
    advance: (generator: Generator<Item, Result>) => Step<Item, Result>,
    afterStep: (step: IteratorResult<Item, Result>) => void,
  ): Step<Item, Result> {
    try {
      this.#call ??= this.#start();
      const { context: active, generator } = this.#call;
      const step = context.with(active, advance, undefined, generator);
      // The first listener of the step, so that the span has ended when the caller goes on.
      step.then(afterStep, this.#afterError);
      return step;
    } catch (error) {
      this.#afterError(error);
      return Promise.reject(error);
    }
  }

  #endsAs(end: StreamEnd): (step: IteratorResult<Item, Result>) => void {
    return ({ done }) => {
      if (done) this.#finish(end);
    };
  }

  /** Nothing awaits this, so an error of a span processor must be caught here. */
  #finish(end: StreamEnd): void {
    if (this.#over) return;
    this.#over = true;
    try {
      this.#call?.end(end);
    } catch (error) {
      diag.error(`the span of a call could not be ended: ${printed(error)}`);
    }
  }
}

const RETURNED: StreamEnd = { how: "returned" };
const STOPPED: StreamEnd = { how: "stopped" };

/** A call that its caller leaves before the first message was asked for: nothing is sent, so nothing is recorded. */
function neverBegun<Item, Result>(): StartedCall<Item, Result> {
  return { generator: nothing(), context: context.active(), end: () => {} };
}

async function* nothing<Item, Result>(): Generator<Item, Result> {
  yield* [];
  return undefined as Result;
}

function next<Item, Result>(generator: Generator<Item, Result>): Step<Item, Result> {
  return generator.next();
}
