/** What the routes of the query API are made of. */
import type { JaegerEnvelope } from "@baton/trace-tree";
import type { Store } from "../store.ts";

export interface Call {
  readonly store: Store;
  /** The groups of the path's pattern. */
  readonly parts: readonly string[];
  readonly params: URLSearchParams;
}

export interface Answer {
  readonly status?: number;
  /** As JSON. */
  readonly body: unknown;
}

export type Route = readonly [pattern: RegExp, answer: (call: Call) => Answer];

type Envelope = JaegerEnvelope<unknown>;

/** An answer as Jaeger's first API wraps it. */
export function wrap(data: unknown, more: Partial<Pick<Envelope, "total" | "errors">> = {}): Answer {
  const body: Envelope = { data, total: 0, limit: 0, offset: 0, errors: null, ...more };
  return { body };
}

export function wrapList(data: readonly unknown[]): Answer {
  return wrap(data, { total: data.length });
}

export function failure(code: number, msg: string): Answer {
  return { ...wrap(null, { errors: [{ code, msg }] }), status: code };
}
