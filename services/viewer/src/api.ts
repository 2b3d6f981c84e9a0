/** The query API: the paths that Jaeger's users know, and under `/api/viewer/` what Jaeger has no path for. */

import type { JaegerEnvelope, JaegerTrace } from "@baton/trace-tree";
import { countDependencies } from "./api/dependencies.ts";
import { toJaegerTrace } from "./api/jaeger-json.ts";
import { toLogJson, toMetricsJson } from "./api/own-json.ts";
import { ParamError, parseTraceId, readWhole } from "./api/params.ts";
import { readSearch } from "./api/search.ts";
import type { SpanRecord } from "./records.ts";
import type { Store } from "./store.ts";

/** Answers a GET below `/api/`. */
export type Api = (url: URL) => Response;

interface Call {
  readonly store: Store;
  /** What the path's pattern caught. */
  readonly parts: readonly string[];
  readonly params: URLSearchParams;
}

type Errors = NonNullable<JaegerEnvelope<unknown>["errors"]>;
type Route = readonly [pattern: RegExp, answer: (call: Call) => Answer];

interface Answer {
  readonly status?: number;
  readonly data: unknown;
  readonly total?: number;
  readonly errors?: Errors;
}

const ROUTES: readonly Route[] = [
  [/^\/api\/services$/, ({ store }) => counted(servicesOf(store))],
  [/^\/api\/services\/([^/]+)\/operations$/, ({ store, parts }) => counted(operationNames(store, parts[0] ?? ""))],
  [/^\/api\/operations$/, operations],
  [/^\/api\/traces$/, search],
  [/^\/api\/traces\/([^/]+)$/, ({ store, parts }) => getTrace(store, parts[0] ?? "")],
  [/^\/api\/traces\/([^/]+)\/logs$/, ({ store, parts }) => getLogs(store, parts[0] ?? "")],
  [/^\/api\/dependencies$/, ({ store, params }) => ({ data: countDependencies(store.traces(), params, Date.now()) })],
  [/^\/api\/viewer\/metrics$/, ({ store }) => ({ data: toMetricsJson(store.metrics()) })],
  [/^\/api\/viewer\/logs$/, untracedLogs],
  [/^\/api\/viewer\/stats$/, ({ store }) => ({ data: store.stats() })],
];

/** @see https://www.jaegertracing.io/docs/latest/architecture/apis/#http-json */
export function createApi(store: Store): Api {
  return (url) => {
    const pretty = (url.searchParams.get("prettyPrint") ?? "false") !== "false";
    try {
      return respond(dispatch(store, url), pretty);
    } catch (error) {
      if (!(error instanceof ParamError)) throw error;
      return respond(failure(400, error.message), pretty);
    }
  };
}

function dispatch(store: Store, { pathname, searchParams: params }: URL): Answer {
  for (const [pattern, answer] of ROUTES) {
    const match = pattern.exec(pathname);
    if (match) return answer({ store, params, parts: match.slice(1).map(decodePart) });
  }
  return failure(404, `there is no ${pathname}`);
}

function search({ store, params }: Call): Answer {
  const { traceIds, limit, matches } = readSearch(params, Date.now());
  if (traceIds.length > 0) return byIds(store, traceIds);
  const found: JaegerTrace[] = [];
  for (const trace of store.traces()) {
    if (found.length >= limit) break;
    if (matches(trace)) found.push(toJaegerTrace(trace.traceId, trace.spans));
  }
  return { data: found };
}

function byIds(store: Store, traceIds: readonly string[]): Answer {
  const found = traceIds.map((id) => [id, store.trace(id)?.spans ?? []] as const);
  const missing = found.filter(([, spans]) => spans.length === 0);
  return {
    data: found.filter(([, spans]) => spans.length > 0).map(([id, spans]) => toJaegerTrace(id, spans)),
    ...(missing.length > 0 && { errors: missing.map(([traceID]) => ({ msg: "trace not found", traceID })) }),
  };
}

function getTrace(store: Store, id: string): Answer {
  const traceId = parseTraceId(id, "traceID");
  const spans = store.trace(traceId)?.spans ?? [];
  return spans.length === 0 ? failure(404, "trace not found") : { data: [toJaegerTrace(traceId, spans)] };
}

/** In the order in which they were written. A trace without logs has an empty list. */
function getLogs(store: Store, id: string): Answer {
  const trace = store.trace(parseTraceId(id, "traceID"));
  if (!trace) return failure(404, "trace not found");
  return counted(trace.logs.toSorted((a, b) => (a.time < b.time ? -1 : Number(a.time > b.time))).map(toLogJson));
}

function untracedLogs({ store, params }: Call): Answer {
  return counted(store.untracedLogs(readWhole(params, "limit", 1) ?? 100).map(toLogJson));
}

function operations({ store, params }: Call): Answer {
  const service = params.get("service") ?? "";
  if (service === "") throw new ParamError("service", "given");
  const spanKind = params.get("spanKind") ?? "";
  const all = spansOf(store, service).map(({ name, kind }) => [name, kind === "unspecified" ? "" : kind] as const);
  const distinct = new Map(all.map((pair) => [JSON.stringify(pair), { name: pair[0], spanKind: pair[1] }]));
  return counted([...distinct.values()].filter((each) => spanKind === "" || each.spanKind === spanKind));
}

function operationNames(store: Store, service: string): readonly string[] {
  return [...new Set(spansOf(store, service).map(({ name }) => name))].sort();
}

function servicesOf(store: Store): readonly string[] {
  const services = [...store.traces()].flatMap(({ spans }) => spans.map(({ resource }) => resource.service));
  return [...new Set(services)].sort();
}

function spansOf(store: Store, service: string): readonly SpanRecord[] {
  return [...store.traces()].flatMap(({ spans }) => spans.filter(({ resource }) => resource.service === service));
}

function counted(data: readonly unknown[]): Answer {
  return { data, total: data.length };
}

function failure(code: number, msg: string): Answer {
  return { status: code, data: null, errors: [{ code, msg }] };
}

function respond({ status = 200, data, total = 0, errors }: Answer, pretty: boolean): Response {
  const envelope: JaegerEnvelope<unknown> = { data, total, limit: 0, offset: 0, errors: errors ?? null };
  const body = JSON.stringify(envelope, null, pretty ? 4 : 0);
  return new Response(body, { status, headers: { "content-type": "application/json", "cache-control": "no-store" } });
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
