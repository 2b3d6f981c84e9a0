/** The paths of Jaeger's first API, which its page up to version 2 and most tools ask. */
import type { SpanKind, SpanRecord } from "../records.ts";
import type { Store } from "../store.ts";
import { type Answer, type Call, failure, type Route, wrap, wrapList } from "./answer.ts";
import { countDependencies } from "./dependencies.ts";
import { toJaegerTrace } from "./jaeger-json.ts";
import { toLogJson } from "./own-json.ts";
import { ParamError, parseTraceId } from "./params.ts";
import { findTraces, readSearch } from "./search.ts";

export const JAEGER_ROUTES: readonly Route[] = [
  [/^\/api\/services$/, ({ store }) => wrapList(servicesOf(store))],
  [/^\/api\/services\/([^/]+)\/operations$/, ({ store, parts }) => wrapList(operationNames(store, parts[0] ?? ""))],
  [/^\/api\/operations$/, operations],
  [/^\/api\/traces$/, search],
  [/^\/api\/traces\/([^/]+)$/, ({ store, parts }) => getTrace(store, parts[0] ?? "")],
  [/^\/api\/traces\/([^/]+)\/logs$/, ({ store, parts }) => getLogs(store, parts[0] ?? "")],
  [/^\/api\/dependencies$/, ({ store, params }) => wrap(countDependencies(store.traces(), params, Date.now()))],
];

export function servicesOf(store: Store): readonly string[] {
  return [...new Set([...store.traces()].flatMap(({ services }) => [...services]))].sort();
}

export interface Operation {
  readonly name: string;
  readonly kind: SpanKind;
}

/** Each name with each kind that spans of the service have, once. */
export function operationsOf(store: Store, service: string): readonly Operation[] {
  const distinct = new Map<string, Operation>();
  for (const { name, kind } of spansOf(store, service)) distinct.set(`${kind} ${name}`, { name, kind });
  return [...distinct.values()];
}

function search({ store, params }: Call): Answer {
  const wanted = readSearch(params, Date.now());
  const { found, errors } =
    wanted.traceIds.length > 0 ? tracesById(store, wanted.traceIds) : { ...findTraces(store, wanted), errors: null };
  return wrap(found.map(toJaegerTrace), { errors });
}

/** The traces that are here, and an error for each that is not. */
export function tracesById(store: Store, traceIds: readonly string[]) {
  const traces = traceIds.map((id) => [id, store.trace(id)] as const);
  const found = traces.flatMap(([, trace]) => (trace && trace.spans.length > 0 ? [trace] : []));
  const missing = traces.filter(([, trace]) => !trace || trace.spans.length === 0);
  const errors = missing.map(([traceID]) => ({ msg: "trace not found", traceID }));
  return { found, errors: errors.length > 0 ? errors : null };
}

function getTrace(store: Store, id: string): Answer {
  const trace = store.trace(parseTraceId(id, "traceID"));
  return trace && trace.spans.length > 0 ? wrap([toJaegerTrace(trace)]) : failure(404, "trace not found");
}

/** In the order in which they were written. A trace without logs has an empty list. */
function getLogs(store: Store, id: string): Answer {
  const trace = store.trace(parseTraceId(id, "traceID"));
  if (!trace) return failure(404, "trace not found");
  return wrapList(trace.logs.toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))).map(toLogJson));
}

function operations({ store, params }: Call): Answer {
  const service = params.get("service") ?? "";
  if (service === "") throw new ParamError("service", "given");
  const wanted = params.get("spanKind") ?? "";
  const all = operationsOf(store, service).map(({ name, kind }) => ({
    name,
    spanKind: kind === "unspecified" ? "" : kind,
  }));
  return wrapList(all.filter(({ spanKind }) => wanted === "" || spanKind === wanted));
}

function operationNames(store: Store, service: string): readonly string[] {
  return [...new Set(operationsOf(store, service).map(({ name }) => name))].sort();
}

function* spansOf(store: Store, service: string): Generator<SpanRecord> {
  for (const { spans, services } of store.traces()) {
    if (!services.has(service)) continue;
    for (const span of spans) if (span.resource.service === service) yield span;
  }
}
