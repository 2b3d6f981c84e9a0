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
 * not called here: it is replaced, in a Proxy, by one that reports. An async generator settles when it is iterated to
 * its end.
 */
export function followSettling<T>(value: T, settling: Settling): T {
  if (isAsyncIterator(value)) return followIteration(value, settling);
  // A Proxy cannot replace the `then` of a frozen object.
  if (!isThenable(value) || isFixed(value, "then")) {
    settling.onSettled();
    return value;
  }
  return (isRunning(value) ? followPromise(value, settling) : followThenable(value, settling)) as T;
}

function isThenable(value: unknown): value is Thenable {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  return attempt(() => typeof (value as { readonly then?: unknown }).then === "function") === true;
}

/**
 * One that is already running. A subclass may be lazy, as the queries of `Bun.sql` are; but not one that can be asked
 * whether it is pending, as those of Bluebird can. Bluebird does not call `then` of what is its own.
 */
function isRunning(value: Thenable): value is Thenable & Promise<unknown> {
  const { isPending, isFulfilled } = value as { readonly isPending?: unknown; readonly isFulfilled?: unknown };
  if (typeof isPending === "function" && typeof isFulfilled === "function") return true;
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
        return isThenable(result) || isAsyncIterator(result) ? followSettling(result, settling) : result;
      };
    },
    // A setter finds its private fields on the original too.
    set: (_target, key, value) => Reflect.set(target, key, value, target),
  });
  forgotten.register(proxy, settling);
  return proxy;
}

function isAsyncIterator(value: unknown): value is AsyncIterator<unknown> & object {
  if (typeof value !== "object" || value === null || !(Symbol.asyncIterator in value)) return false;
  return typeof (value as { readonly next?: unknown }).next === "function";
}

/** Each step runs in the context, because a generator resumes in that of whoever asks for the next item. */
function followIteration<T extends AsyncIterator<unknown> & object>(target: T, settling: Settling): T {
  const follow = async (step: () => Promise<IteratorResult<unknown>>): Promise<IteratorResult<unknown>> => {
    try {
      const result = await context.with(settling.context, step);
      if (result.done) settling.onSettled();
      return result;
    } catch (error) {
      settling.onSettled({ error });
      throw error;
    }
  };
  const proxy: T = new Proxy(target, {
    get(_target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== "function" || key === "constructor" || isFixed(target, key)) return value;
      if (key === Symbol.asyncIterator) return () => proxy;
      const call = (args: unknown[]) => Reflect.apply(value, target, args);
      return (...args: unknown[]) => (STEPS.has(key) ? follow(() => call(args)) : call(args));
    },
  });
  forgotten.register(proxy, settling);
  return proxy;
}

const STEPS: ReadonlySet<PropertyKey> = new Set(["next", "return", "throw"]);

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
  // What a library's own `then` returns has the library's own `catch` and `finally`, which may take more arguments.
  const goOn = (key: "catch" | "finally", args: readonly unknown[]): unknown => {
    const next = (then() ?? Promise.resolve()) as unknown as Readonly<Record<string, unknown>>;
    const own = next[key];
    // The callback comes last; before it are the classes of the errors that it is for.
    const bound = args.with(-1, inContextOfCaller(args.at(-1)) ?? args.at(-1));
    return typeof own === "function" ? Reflect.apply(own, next, bound) : Promise.resolve(next)[key](...(bound as []));
  };
  return new Map<PropertyKey, (...args: never[]) => unknown>([
    ["then", then],
    ["catch", (...args: unknown[]) => (args.length > 1 ? goOn("catch", args) : then(undefined, args[0]))],
    ["finally", (onFinally?: unknown) => goOn("finally", [onFinally])],
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
