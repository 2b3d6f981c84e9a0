/** Follows what a function returned until it settles, without starting anything that the caller does not start. */
import { type Context, context } from "@opentelemetry/api";
import { attempt } from "./thrown.ts";

export interface Settling {
  /** The context of the work, also where it starts only when it is awaited. */
  readonly context: Context;
  /** Called at least once, when the work settles. With its error if it failed. */
  onSettled(failure?: { readonly error: unknown }): void;
}

type Thenable = PromiseLike<unknown> & object;

/**
 * Returns `value`, or what behaves like it. A query builder starts its query when its `then` is called, so `then` is
 * not called here: it is replaced, in a Proxy, by one that reports.
 */
export function followSettling<T>(value: T, settling: Settling): T {
  // A Proxy cannot replace the `then` of a frozen object.
  if (!isThenable(value) || isFixed(value, "then")) {
    settling.onSettled();
    return value;
  }
  return (isPlainPromise(value) ? followPromise(value, settling) : followThenable(value, settling)) as T;
}

function isThenable(value: unknown): value is Thenable {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return attempt(() => typeof (value as { readonly then?: unknown }).then === "function") === true;
}

/** True for a promise whose work is already running. A subclass may be lazy, as the queries of `Bun.sql` are. */
function isPlainPromise(value: object): value is Promise<unknown> {
  return value instanceof Promise && value.constructor === Promise && Reflect.ownKeys(value).length === 0;
}

function followPromise(promise: Promise<unknown>, settling: Settling): Promise<unknown> {
  return promise.then(
    (result) => {
      settling.onSettled();
      return result;
    },
    (error: unknown) => {
      settling.onSettled({ error });
      throw error;
    },
  );
}

/** Methods run on the original, so that its private fields are found. What they return is followed too. */
function followThenable<T extends Thenable>(target: T, settling: Settling): T {
  const replaced = replacedMethods(target, settling);
  const proxy: T = new Proxy(target, {
    get(_target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function" || key === "constructor" || isFixed(target, key)) return value;
      const replacement = replaced.get(key);
      if (replacement !== undefined) return replacement;
      return (...args: unknown[]) => {
        const result: unknown = context.with(settling.context, () => Reflect.apply(value, target, args));
        if (result === target) return proxy;
        return isThenable(result) ? followSettling(result, settling) : result;
      };
    },
  });
  forgotten.register(proxy, settling);
  return proxy;
}

/** A thenable that is never awaited never settles: it ends when it is garbage. One registry serves the process. */
const forgotten = new FinalizationRegistry<Settling>((settling) => settling.onSettled());

function replacedMethods(target: Thenable, settling: Settling) {
  const then = (onFulfilled?: unknown, onRejected?: unknown) => {
    const [fulfilled, rejected] = [inContextOfCaller(onFulfilled), inContextOfCaller(onRejected)];
    const succeed = (result: unknown) => {
      settling.onSettled();
      return fulfilled ? fulfilled(result) : result;
    };
    const fail = (error: unknown) => {
      settling.onSettled({ error });
      if (rejected) return rejected(error);
      throw error;
    };
    try {
      return context.with(settling.context, () => target.then(succeed, fail));
    } catch (error) {
      settling.onSettled({ error });
      throw error;
    }
  };
  const run = (): Promise<unknown> => new Promise((resolve, reject) => then(resolve, reject));
  return new Map<PropertyKey, (...args: never[]) => unknown>([
    ["then", then],
    ["catch", (onRejected?: unknown) => then(undefined, onRejected)],
    ["finally", (onFinally?: () => void) => run().finally(onFinally)],
  ]);
}

/** What the caller passes to `then` runs in the context of the caller, not in that of the work. */
function inContextOfCaller(callback: unknown): ((value: unknown) => unknown) | undefined {
  return typeof callback === "function"
    ? context.bind(context.active(), callback as (value: unknown) => unknown)
    : undefined;
}

/** True for a property that cannot change. A Proxy must return its value as it is. */
function isFixed(target: object, key: PropertyKey): boolean {
  const own = Reflect.getOwnPropertyDescriptor(target, key);
  return own !== undefined && !own.configurable && own.writable === false;
}
