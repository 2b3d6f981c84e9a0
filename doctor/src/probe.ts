/** What is sent, as data: each probe is one request with an identity of its own. */
import type { CallbackMode } from "./callback-server.ts";
import {
  type ConformanceCase,
  parentId as caseParentId,
  traceId as caseTraceId,
  type HeaderLines,
} from "./cases/index.ts";
import type { Outgoing } from "./wire/message.ts";

export interface Identity {
  readonly traceId: string;
  readonly parentId: string;
}

/** Why a probe is sent. Probes of one purpose are judged together. */
export type Purpose =
  | "warm-up"
  | "sampled"
  | "unsampled"
  | "parallel"
  | "redirect"
  | "retry"
  | "failing-call"
  | "unknown-path"
  | "leave"
  | "chunked"
  | "baggage"
  | "format"
  | "disagree"
  | "nothing"
  | "case"
  | "ending";

export interface Probe {
  /** Part of the User-Agent and of the call-back's path, so that spans and calls can be told apart. */
  readonly id: string;
  readonly purpose: Purpose;
  readonly headers: HeaderLines;
  /** What the headers say, where they say something. */
  readonly identity: Identity;
  readonly callback: CallbackMode;
  readonly variant: NonNullable<Outgoing["variant"]>;
  /** For `case`. */
  readonly case?: ConformanceCase;
  /** For `format` and `disagree`: the name of the format. */
  readonly format?: string;
}

type Extras = Partial<Pick<Probe, "callback" | "variant" | "case" | "format">>;

export function createProbe(
  purpose: Purpose,
  headersOf: (identity: Identity) => HeaderLines,
  extras: Extras = {},
): Probe {
  const identity = { traceId: randomHex(16), parentId: randomHex(8) };
  const id = randomHex(4);
  return { id, purpose, identity, headers: headersOf(identity), callback: "ok", variant: "usual", ...extras };
}

/** The case with ids of its own, which keep what is wrong with those of the case. */
export function createCaseProbe(each: ConformanceCase): Probe {
  // The first digit stays, because cases put something else in its place.
  const fresh = { traceId: caseTraceId[0] + randomHex(16).slice(1), parentId: caseParentId[0] + randomHex(8).slice(1) };
  const headers = each.headers.map(
    ([name, value]) => [name, replaceIds(value, [caseTraceId, caseParentId], [fresh.traceId, fresh.parentId])] as const,
  );
  const id = randomHex(4);
  return { id, purpose: "case", identity: fresh, headers, callback: "ok", variant: "usual", case: each };
}

/** Headers that came for a case, with the ids of the case again. */
export function restoreCaseIds({ identity }: Probe, headers: HeaderLines): HeaderLines {
  return headers.map(
    ([name, value]) =>
      [name, replaceIds(value, [identity.traceId, identity.parentId], [caseTraceId, caseParentId])] as const,
  );
}

/** Whether a trace id is ours, or made of ours: cut, filled up or in lower case. */
export function isTraceOf({ identity }: Pick<Probe, "identity">, traceId: string): boolean {
  return traceId.toLowerCase().includes(identity.traceId.slice(4, 28));
}

/** The id that `traceparent` has in a probe where two formats disagree. */
export function otherTraceId(traceId: string): string {
  return [...traceId].reverse().join("");
}

export function traceparentOf({ traceId, parentId }: Identity, flags = "01"): readonly [string, string] {
  return ["traceparent", `00-${traceId}-${parentId}-${flags}`];
}

export function randomHex(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toHex();
}

function replaceIds(text: string, from: readonly string[], to: readonly string[]): string {
  return from.reduce((replaced, id, index) => {
    const [old, fresh] = [id.slice(1), (to[index] ?? "").slice(1)];
    return replaced.replaceAll(old, fresh).replaceAll(old.toUpperCase(), fresh.toUpperCase());
  }, text);
}
