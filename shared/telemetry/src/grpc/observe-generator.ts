/** Follows one gRPC call, whose life nice-grpc writes as an async generator, from its first step to its last. */
import { type Context, context, diag } from "@opentelemetry/api";

/** How a call ended: it returned, it threw, or whoever reads it stopped before the end. */
export type CallEnd =
  | { readonly how: "returned" }
  | { readonly how: "threw"; readonly error: unknown }
  | { readonly how: "stopped" };

type Generator<Item, Result> = AsyncGenerator<Item, Result, undefined>;
type Step<Item, Result> = Promise<IteratorResult<Item, Result>>;

/** A call under way. */
export interface ObservedCall<Item, Result> {
  readonly generator: Generator<Item, Result>;
  /** What is active while the generator runs. */
  readonly context: Context;
  /** Told once. */
  end(end: CallEnd): void;
}

/**
 * Wraps a call so that each of its steps runs in the call's context and its end is told once.
 *
 * Each step is bound anew, because a generator resumes in the context of whoever asks for the next item. The call
 * opens at the first step: a stream that nobody reads has not begun.
 */
export function observeGenerator<Item, Result>(open: () => ObservedCall<Item, Result>): Generator<Item, Result> {
  return new ObservedGenerator(open);
}

/** Written out instead of an `async function*` around `yield*`: each message passes through no promise of ours. */
class ObservedGenerator<Item, Result> implements Generator<Item, Result> {
  readonly #open: () => ObservedCall<Item, Result>;
  #call: ObservedCall<Item, Result> | undefined;
  #over = false;

  constructor(open: () => ObservedCall<Item, Result>) {
    this.#open = open;
  }

  next(): Step<Item, Result> {
    return this.#step(next, RETURNED);
  }

  throw(error: unknown): Step<Item, Result> {
    return this.#step((generator) => generator.throw(error), RETURNED);
  }

  return(value: Result | PromiseLike<Result>): Step<Item, Result> {
    return this.#step(async (generator) => generator.return(await value), STOPPED);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return(undefined as Result);
  }

  #step(advance: (generator: Generator<Item, Result>) => Step<Item, Result>, atEnd: CallEnd): Step<Item, Result> {
    try {
      this.#call ??= this.#open();
      const { context: active, generator } = this.#call;
      const step = context.with(active, advance, undefined, generator);
      // The first to hear of it, so that the span has ended when the caller goes on.
      step.then(
        ({ done }) => {
          if (done) this.#finish(atEnd);
        },
        (error: unknown) => this.#finish({ how: "threw", error }),
      );
      return step;
    } catch (error) {
      this.#finish({ how: "threw", error });
      return Promise.reject(error);
    }
  }

  /** Nobody waits for this, so what a span processor throws must not get past it. */
  #finish(end: CallEnd): void {
    if (this.#over) return;
    this.#over = true;
    try {
      this.#call?.end(end);
    } catch (error) {
      diag.error(`the span of a call could not be ended: ${String(error)}`);
    }
  }
}

const RETURNED: CallEnd = { how: "returned" };
const STOPPED: CallEnd = { how: "stopped" };

function next<Item, Result>(generator: Generator<Item, Result>): Step<Item, Result> {
  return generator.next();
}
