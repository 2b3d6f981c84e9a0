/** Finds the two ends of each request between processes, also where the trace broke between them. */
import type { CapturedHeaders } from "./captured-headers.ts";
import { operationOf, protocolOf } from "./operation.ts";
import type { Span, Trace } from "./trace.ts";
import { readTraceparents } from "./traceparent-parts.ts";
import type { Hop } from "./wire-types.ts";

export type HopEnds = Omit<Hop, "headers">;

/** Every end of a request is in one hop at least: a CLIENT span whose call was tried again is in several. */
export function findHopEnds(traces: readonly Trace[], captured: CapturedHeaders): readonly HopEnds[] {
  const spans = traces.flatMap((trace) => trace.spans).toSorted((a, b) => a.startMicros - b.startMicros);
  const callees = spans.filter(({ kind }) => kind === "server" || kind === "consumer");
  const open = new Set<Span>(callees);
  const hops: HopEnds[] = [];
  const join = (from: Span, to: Span, joinedBy: Hop["joinedBy"]) => {
    open.delete(to);
    hops.push({ from, to, protocol: protocolOf(from, to), joinedBy });
  };

  let lonely = spans.filter(({ kind }) => kind === "client" || kind === "producer");
  const answeredBy = finderByResponse(callees, captured);
  const answered = Map.groupBy(lonely, (from) => answeredBy(from));
  // A header of another request has led this callee to a wrong parent: the answer went to another caller.
  const isOfAnother = (from: Span, to: Span) => answered.has(to) && !answered.get(to)?.includes(from);

  const byParent = Map.groupBy(callees, ({ traceId, parentId }) => `${traceId} ${parentId}`);
  // The surest way first, for all callers: what one of them takes is not left for another.
  lonely = lonely.filter((from) => {
    const all = byParent.get(`${from.traceId} ${from.spanId}`) ?? [];
    const children = all.filter((to) => !isOfAnother(from, to));
    for (const to of children) join(from, to, "parent");
    return children.length === 0;
  });
  for (const joinedBy of ["response", "header"] as const) {
    const find = joinedBy === "response" ? answeredBy : finderByHeader(open, captured);
    lonely = lonely.filter((from) => {
      const to = find(from);
      if (to === undefined || !open.has(to)) return true;
      join(from, to, joinedBy);
      return false;
    });
  }
  const openOf = Map.groupBy(open, operationOf);
  const lonelyOf = Map.groupBy(lonely, operationOf);
  for (const from of lonely) {
    const operation = operationOf(from);
    const fitting = operation === undefined ? [] : (openOf.get(operation) ?? []).filter((to) => fitsInTime(from, to));
    const [to] = fitting;
    const rivals = to && fitting.length === 1 ? (lonelyOf.get(operation) ?? []).filter((r) => fitsInTime(r, to)) : [];
    if (to !== undefined && rivals.length === 1) join(from, to, "time");
    else if (protocolOf(from) !== "unknown") hops.push({ from, protocol: protocolOf(from), joinedBy: "none" });
  }
  for (const to of open) hops.push({ to, protocol: protocolOf(to), joinedBy: "none" });
  const depths = depthsOf(spans);
  const depthOf = ({ from, to }: HopEnds) => depths.get(from ?? to) ?? 0;
  // Clocks of whole milliseconds let a call begin together with the request that makes it.
  return hops.toSorted((a, b) => startOf(a) - startOf(b) || depthOf(a) - depthOf(b));
}

function startOf({ from, to }: HopEnds): number {
  return from?.startMicros ?? to?.startMicros ?? 0;
}

/** How many spans are above each. In a circle of parents it is any number. */
function depthsOf(spans: readonly Span[]): ReadonlyMap<Span | undefined, number> {
  const byId = new Map(spans.map((span) => [`${span.traceId} ${span.spanId}`, span]));
  const depths = new Map<Span | undefined, number>();
  for (const span of spans) {
    const way: Span[] = [];
    for (let at: Span | undefined = span; at && !depths.has(at); at = byId.get(`${at.traceId} ${at.parentId}`)) {
      depths.set(at, 0);
      way.push(at);
    }
    const top = way.at(-1);
    const above = top && depths.get(byId.get(`${top.traceId} ${top.parentId}`));
    for (const [index, each] of way.toReversed().entries()) depths.set(each, (above ?? -1) + 1 + index);
  }
  return depths;
}

type Find = (from: Span) => Span | undefined;

/** The callee that `traceresponse` names. */
function finderByResponse(callees: Iterable<Span>, captured: CapturedHeaders): Find {
  const byId = new Map([...callees].map((to) => [`${to.traceId} ${to.spanId}`, to]));
  return (from) =>
    readTraceparents(captured.raw(from, "response", "traceresponse"))
      .map(({ traceId, parentId }) => byId.get(`${traceId} ${parentId}`))
      .find((to) => to !== undefined);
}

/** The callee at which a header arrived that names the caller, or that is what left the caller. */
function finderByHeader(callees: Iterable<Span>, captured: CapturedHeaders): Find {
  const byCaller = new Map<string, Span>();
  const byValue = new Map<string, Span>();
  for (const to of callees) {
    const arrived = captured.raw(to, "request", "traceparent");
    const b3 = captured.raw(to, "request", "b3").map((value) => value.split("-")[1] ?? "");
    const ids = [...readTraceparents(arrived).map(({ parentId }) => parentId.toLowerCase()), ...b3];
    for (const id of [...ids, ...captured.raw(to, "request", "x-b3-spanid")]) byCaller.set(id, to);
    if (arrived.length > 0) byValue.set(`${operationOf(to)} ${arrived.join()}`, to);
  }
  return (from) => {
    const left = captured.raw(from, "request", "traceparent");
    return byCaller.get(from.spanId) ?? byValue.get(`${operationOf(from)} ${left.join()}`);
  };
}

function fitsInTime(from: Span, to: Span): boolean {
  const startsInside = to.startMicros >= from.startMicros && to.startMicros <= from.startMicros + from.durationMicros;
  return from.kind === "client" && startsInside;
}
