/** A `Context` that copies nothing: each one is a link in front of the one that it was made from. */
import type { Context } from "@opentelemetry/api";

/** After so many links the values are gathered in a new chain, so that no chain grows for ever. */
const MAX_DEPTH = 16;

/**
 * The API's own context copies a `Map` and makes three closures for each value that is set, several times a request.
 * Everything that descends from the one here is of its kind, whoever sets the values.
 */
class LinkedContext implements Context {
  readonly #parent: LinkedContext | undefined;
  readonly #key: symbol | undefined;
  readonly #value: unknown;
  readonly #depth: number;

  constructor(parent?: LinkedContext, key?: symbol, value?: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
    this.#depth = parent === undefined ? 0 : parent.#depth + 1;
  }

  getValue(key: symbol): unknown {
    let link: LinkedContext | undefined = this;
    while (link !== undefined) {
      if (link.#key === key) return link.#value;
      link = link.#parent;
    }
    return undefined;
  }

  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this.#depth < MAX_DEPTH ? this : this.#gathered(), key, value);
  }

  deleteValue(key: symbol): Context {
    return this.getValue(key) === undefined ? this : this.setValue(key, undefined);
  }

  #gathered(): LinkedContext {
    const values = new Map<symbol, unknown>();
    for (let link: LinkedContext | undefined = this; link !== undefined; link = link.#parent) {
      if (link.#key !== undefined && !values.has(link.#key)) values.set(link.#key, link.#value);
    }
    let gathered = new LinkedContext();
    for (const [key, value] of values) {
      if (value !== undefined) gathered = new LinkedContext(gathered, key, value);
    }
    return gathered;
  }
}

/** What a request that comes in starts from, instead of the API's `ROOT_CONTEXT`. Holds nothing. */
export const LEAN_ROOT: Context = new LinkedContext();
