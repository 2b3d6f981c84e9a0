/** Follows one gRPC call, whose life nice-grpc writes as an async generator, from its first step to its last. */
import { type Context, context } from "@opentelemetry/api";

/** How a call ended: it returned, it threw, or whoever reads it stopped before the end. */
export type CallEnd =
  | { readonly how: "returned" }
  | { readonly how: "threw"; readonly error: unknown }
  | { readonly how: "stopped" };

/** A call under way. */
export interface ObservedCall<Item, Result> {
  readonly generator: AsyncGenerator<Item, Result, undefined>;
  /** What is active while the generator runs. */
  readonly context: Context;
  /** Told once. */
  readonly end: (end: CallEnd) => void;
}

/**
 * Wraps a call so that each of its steps runs in the call's context and its end is told once.
 *
 * Each step is bound anew, because a generator resumes in the context of whoever asks for the next item. The call
 * opens at the first step: a stream that nobody reads has not begun. It is a plain object instead of an
 * `async function*` around `yield*`, which would cost two more promises for each message.
 */
export function observeGenerator<Item, Result>(
  open: () => ObservedCall<Item, Result>,
): AsyncGenerator<Item, Result, undefined> {
  let call: ObservedCall<Item, Result> | undefined;
  let over = false;

  const finish = (end: CallEnd): void => {
    if (over) return;
    over = true;
    call?.end(end);
  };
  const step = async (
    advance: (generator: AsyncGenerator<Item, Result, undefined>) => Promise<IteratorResult<Item, Result>>,
    atEnd: CallEnd,
  ): Promise<IteratorResult<Item, Result>> => {
    call ??= open();
    try {
      const result = await context.with(call.context, advance, undefined, call.generator);
      if (result.done) finish(atEnd);
      return result;
    } catch (error) {
      finish({ how: "threw", error });
      throw error;
    }
  };

  return {
    next: () => step(next, RETURNED),
    throw: (error: unknown) => step((generator) => generator.throw(error), RETURNED),
    return: (value) => step(async (generator) => generator.return(await value), STOPPED),
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await this.return(undefined as Result);
    },
  };
}

const RETURNED: CallEnd = { how: "returned" };
const STOPPED: CallEnd = { how: "stopped" };

function next<Item, Result>(generator: AsyncGenerator<Item, Result, undefined>) {
  return generator.next();
}
