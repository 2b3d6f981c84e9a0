/** Which service calls which, over what, how often, how slow and how often in vain: counted over traces. */
import type { MapCall, MapNode, ServiceMap } from "../page/model/service-map.ts";
import type { SpanRecord } from "../records.ts";
import type { StoredTrace } from "../store.ts";

/** As many as a picture and a table have room for. */
const MAX_NODES = 100;
const MAX_CALLS = 500;
const MAX_TEXT = 200;

interface Call {
  readonly from: string;
  readonly to: string;
  readonly over: string;
  /** Nanoseconds. */
  readonly durations: number[];
  errors: number;
}

type FindTrace = (traceId: string) => StoredTrace | undefined;

/** @param find Other traces, to which a consumer may link. */
export function toServiceMap(traces: readonly StoredTrace[], find: FindTrace): Omit<ServiceMap, "total"> {
  const nodes = new Map<string, { spans: number; errors: number }>();
  const calls = new Map<string, Call>();
  const spanOf = createIndex(find);
  const add = (from: string, to: string, over: string, { duration, isError }: Outcome) => {
    const key = JSON.stringify([from, to, over]);
    const call = calls.get(key) ?? { from, to, over, durations: [], errors: 0 };
    calls.set(key, call);
    call.durations.push(duration);
    call.errors += isError ? 1 : 0;
    if (!nodes.has(to)) nodes.set(to, { spans: 0, errors: 0 });
  };
  const answered = new Set<SpanRecord>();
  for (const { spans } of traces) {
    for (const span of spans) {
      const node = nodes.get(nameOf(span)) ?? { spans: 0, errors: 0 };
      nodes.set(nameOf(span), node);
      node.spans += 1;
      node.errors += span.status.code === "error" ? 1 : 0;
      for (const caller of callersOf(span, spanOf)) {
        answered.add(caller);
        add(nameOf(caller), nameOf(span), systemOf(caller) || systemOf(span), outcome(span, caller));
      }
    }
  }
  // Only now, as what answers a message may be in another trace.
  for (const { spans } of traces) {
    for (const span of spans) {
      const peer = answered.has(span) ? "" : peerOf(span);
      if (peer !== "") add(nameOf(span), peer, systemOf(span), outcome(span, span));
    }
  }
  return { traces: traces.length, ...rank(nodes, calls) };
}

/** The span of another service that is its parent, or of its own service over the network; and what a consumer links to. */
function callersOf(span: SpanRecord, spanOf: (traceId: string, spanId: string) => SpanRecord | undefined) {
  const parent = span.parentSpanId === "" ? undefined : spanOf(span.traceId, span.parentSpanId);
  const isCall = (from: SpanRecord) =>
    from.resource.service !== span.resource.service || (isOutgoing(from) && isIncoming(span));
  if (parent && isCall(parent)) return [parent];
  if (span.kind !== "consumer") return [];
  return span.links.flatMap(({ traceId, spanId }) => spanOf(traceId, spanId) ?? []).filter(isCall);
}

interface Outcome {
  /** Nanoseconds. */
  readonly duration: number;
  readonly isError: boolean;
}

/** A producer does not wait, so what a message takes is what its consumer takes. */
function outcome(span: SpanRecord, caller: SpanRecord): Outcome {
  const { startTime, endTime } = caller.kind === "client" ? caller : span;
  return {
    duration: Math.max(0, Number(endTime - startTime)),
    isError: span.status.code === "error" || caller.status.code === "error",
  };
}

/** A database, a broker or a service that sends no spans itself, by the name that its caller gives it. */
function peerOf(span: SpanRecord): string {
  if (!isOutgoing(span)) return "";
  const named = text(span, "service.peer.name", "peer.service");
  if (named !== "") return named;
  const system = text(span, "db.system.name", "db.system", "messaging.system");
  const address = text(span, "server.address", "net.peer.name");
  return [system, address].filter(Boolean).join(" at ");
}

/** In the names that the conventions had over time. */
function systemOf(span: SpanRecord): string {
  const system = text(span, "rpc.system.name", "rpc.system", "db.system.name", "db.system", "messaging.system");
  if (system !== "") return system;
  return text(span, "http.request.method", "http.method") === "" ? "" : "http";
}

function text({ attributes }: SpanRecord, ...keys: readonly string[]): string {
  for (const key of keys) {
    const found = attributes.find((attribute) => attribute.key === key);
    if (found) return String(found.value).slice(0, MAX_TEXT);
  }
  return "";
}

function nameOf({ resource }: SpanRecord): string {
  return resource.service.slice(0, MAX_TEXT);
}

function isOutgoing({ kind }: SpanRecord): boolean {
  return kind === "client" || kind === "producer";
}

function isIncoming({ kind }: SpanRecord): boolean {
  return kind === "server" || kind === "consumer";
}

/** Reads each trace once, however many spans ask for one of its spans. */
function createIndex(find: FindTrace) {
  const known = new Map<string, ReadonlyMap<string, SpanRecord>>();
  return (traceId: string, spanId: string): SpanRecord | undefined => {
    const spans = known.get(traceId) ?? new Map((find(traceId)?.spans ?? []).map((span) => [span.spanId, span]));
    known.set(traceId, spans);
    return spans.get(spanId);
  };
}

function rank(nodes: ReadonlyMap<string, { spans: number; errors: number }>, calls: ReadonlyMap<string, Call>) {
  const counts = new Map<string, number>();
  for (const { to, durations } of calls.values()) counts.set(to, (counts.get(to) ?? 0) + durations.length);
  const weight = ({ name, spans }: MapNode) => Math.max(spans, counts.get(name) ?? 0);
  const ranked = [...nodes].map(([name, node]): MapNode => ({ name, ...node })).sort((a, b) => weight(b) - weight(a));
  const listed = ranked.slice(0, MAX_NODES);
  const names = new Set(listed.map(({ name }) => name));
  const between = [...calls.values()].filter(({ from, to }) => names.has(from) && names.has(to)).map(toCall);
  return {
    nodes: listed,
    moreNodes: ranked.length - listed.length,
    calls: between.sort((a, b) => b.count - a.count).slice(0, MAX_CALLS),
  };
}

function toCall({ from, to, over, durations, errors }: Call): MapCall {
  const sorted = Float64Array.from(durations).sort();
  const at = (share: number) => Math.round((sorted[Math.ceil(sorted.length * share) - 1] ?? 0) / 1000);
  return { from, to, over, count: sorted.length, errors, median: at(0.5), p95: at(0.95), max: at(1) };
}
