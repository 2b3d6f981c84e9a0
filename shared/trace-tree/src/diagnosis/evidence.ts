/** What every rule of the diagnosis looks at, and how it words what it finds. */
import { type CapturedHeaders, readCapturedHeaders } from "../captured-headers.ts";
import type { Cause, Diagnosis } from "../cause.ts";
import { printable } from "../printable.ts";
import type { Span, Trace } from "../trace.ts";
import { hopsOf } from "../wire.ts";
import type { Capture, Hop, TraceparentParts, WireHeader } from "../wire-types.ts";
import { MENDS } from "./mends.ts";

export interface Evidence {
  readonly spans: readonly Span[];
  readonly hops: readonly Hop[];
  readonly captured: CapturedHeaders;
  find(traceId: string, spanId: string | undefined): Span | undefined;
  childrenOf(span: Span): readonly Span[];
  /** Spans that a finding has explained; later rules leave them out. */
  readonly explained: Set<Span>;
}

/** A rule looks for one kind of fault. It adds the spans that it has explained to `explained`. */
export type Rule = (evidence: Evidence) => readonly Diagnosis[];

export function collectEvidence(traces: readonly Trace[]): Evidence {
  const captured = readCapturedHeaders(traces);
  const spans = traces.flatMap((trace) => trace.spans).toSorted((a, b) => a.startMicros - b.startMicros);
  const key = (traceId: string, spanId: string | undefined) => `${traceId} ${spanId}`;
  const byId = new Map(spans.map((span) => [key(span.traceId, span.spanId), span]));
  const byParent = Map.groupBy(spans, ({ traceId, parentId }) => key(traceId, parentId));
  return {
    spans,
    hops: hopsOf(traces, captured),
    captured,
    find: (traceId, spanId) => (spanId === undefined ? undefined : byId.get(key(traceId, spanId))),
    childrenOf: ({ traceId, spanId }) => byParent.get(key(traceId, spanId)) ?? [],
    explained: new Set(),
  };
}

export interface Draft extends Pick<Diagnosis, "cause" | "symptom" | "evidence"> {
  /** @default "certain" */
  readonly grade?: Diagnosis["grade"];
  readonly spans: readonly (Span | undefined)[];
  /** Causes that explain it too. @default None. */
  readonly others?: readonly Cause[];
  /** What would make it certain. */
  readonly next?: string;
}

export function finding({
  cause,
  grade = "certain",
  spans,
  symptom,
  evidence,
  others = [],
  next = "",
}: Draft): Diagnosis {
  const isNamed = !cause.endsWith("-unknown");
  return {
    cause,
    grade,
    spans: spans.filter((span) => span !== undefined),
    symptom,
    evidence,
    likelyCauses: [...(isNamed ? [cause] : []), ...others],
    mend: MENDS[cause],
    next,
  };
}

const NOTHING: Capture = { state: "not captured", values: [], parts: [] };

export function leftOf(hop: Hop, name: WireHeader): Capture {
  return hop.headers.find((field) => field.name === name)?.left ?? NOTHING;
}

export function arrivedOf(hop: Hop, name: WireHeader): Capture {
  return hop.headers.find((field) => field.name === name)?.arrived ?? NOTHING;
}

/** The only `traceparent` or `traceresponse` of a capture, where it is well-formed. */
export function validParts({ parts }: Capture): TraceparentParts | undefined {
  const [first] = parts;
  return parts.length === 1 && first?.problems.length === 0 ? first : undefined;
}

export function endOf({ startMicros, durationMicros }: Span): number {
  return startMicros + durationMicros;
}

/** Whether the inner span ran while the outer one did. Clocks of one process tick alike, up to a millisecond. */
export function encloses(outer: Span, inner: Span): boolean {
  return outer.startMicros <= inner.startMicros + 1000 && endOf(inner) <= endOf(outer) + 1000;
}

/** `front: GET /rolldice (SERVER)` */
export function label({ service, name, kind }: Span): string {
  return `${printable(service)}: ${printable(name)} (${kind === "unspecified" ? "no kind" : kind.toUpperCase()})`;
}

/** The names of both services of a hop, for sentences. */
export function namesOf({ from, to }: Hop): { readonly caller: string; readonly callee: string } {
  const address = from?.attributes["server.address"];
  return {
    caller: printable(from?.service ?? "the caller"),
    callee: printable(to?.service ?? (address === undefined ? "the service that was called" : String(address))),
  };
}
