/** A context that costs little to make: there are about eight for each request. */
import { type Context, ROOT_CONTEXT } from "@opentelemetry/api";

/** More entries than a request has keys. A longer chain is written anew, with each key once. */
const MAX_DEPTH = 16;

/** One value, and the context that it was added to. The context of the API copies all its values for each that is added. */
class Entry implements Context {
  readonly #parent: Context;
  readonly #key: symbol;
  readonly #value: unknown;
  readonly #depth: number;

  constructor(parent: Context, key: symbol, value: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
    this.#depth = parent instanceof Entry ? parent.#depth + 1 : 1;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === this.#key) return new Entry(this.#parent, key, value);
    return new Entry(this.#depth < MAX_DEPTH ? this : this.#shortened(), key, value);
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined);
  }

  #shortened(): Context {
    const values = new Map<symbol, unknown>();
    let at: Context = this;
    for (; at instanceof Entry; at = at.#parent) if (!values.has(at.#key)) values.set(at.#key, at.#value);
    for (const [key, value] of values) at = at.setValue(key, value);
    return at;
  }
}

/** The context of a request that has brought none. */
export const EMPTY_CONTEXT: Context = new Entry(ROOT_CONTEXT, Symbol("empty"), undefined);
