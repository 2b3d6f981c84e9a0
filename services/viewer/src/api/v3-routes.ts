/** The paths of Jaeger's third API, which answers OTLP. @see https://www.jaegertracing.io/docs/latest/architecture/apis/ */
import type { StoredTrace } from "../store.ts";
import type { Answer, Call, Route } from "./answer.ts";
import { operationsOf, servicesOf } from "./jaeger-routes.ts";
import { toOtlpJson } from "./otlp-json.ts";
import { parseTraceId, readDuration, readFlag, readMoment, readTagsJson, readWhole } from "./params.ts";
import { DEFAULT_LIMIT, findTraces, matcher } from "./search.ts";

export const V3_ROUTES: readonly Route[] = [
  [/^\/api\/v3\/services$/, ({ store }) => ({ body: { services: servicesOf(store) } })],
  [/^\/api\/v3\/operations$/, operations],
  [/^\/api\/v3\/traces$/, findV3],
  [/^\/api\/v3\/traces\/([^/]+)$/, getV3],
];

/** A failure as this API says it. */
export function v3Failure(httpCode: number, message: string): Answer {
  return { status: httpCode, body: { error: { httpCode, message } } };
}

function operations({ store, params }: Call): Answer {
  const wanted = pick(params, "span_kind")?.toLowerCase() ?? "";
  const all = operationsOf(store, pick(params, "service") ?? "").filter(({ kind }) => wanted === "" || kind === wanted);
  return {
    body: { operations: all.map(({ name, kind }) => ({ name, ...(kind !== "unspecified" && { spanKind: kind }) })) },
  };
}

function getV3({ store, parts, params }: Call): Answer {
  const trace = store.trace(parseTraceId(parts[0] ?? "", "trace_id"));
  for (const name of ["start_time", "end_time"]) readMoment(named(params, name), name);
  readFlag(named(params, "raw_traces"), "raw_traces");
  return answerTraces(trace && trace.spans.length > 0 ? [trace] : []);
}

/** Unlike Jaeger, a search that does not say how many traces it wants gets a hundred. */
function findV3({ store, params }: Call): Answer {
  const query = (name: string) => `query.${name}`;
  const read = (name: string) => named(params, query(name));
  const [min, max] = ["start_time_min", "start_time_max"].map((name) => readMoment(read(name), query(name)));
  if (min === undefined || max === undefined) {
    return v3Failure(400, "query.start_time_min and query.start_time_max are required");
  }
  readFlag(read("raw_traces"), query("raw_traces"));
  const limit = readWhole(read("num_traces"), query("num_traces"), 1);
  const depth = readWhole(read("search_depth"), query("search_depth"), 1);
  const matches = matcher({
    service: pick(params, query("service_name")) ?? "",
    operation: pick(params, query("operation_name")) ?? "",
    tags: readAttributes(params),
    from: min,
    to: max,
    minDuration: readDuration(read("duration_min"), query("duration_min")) ?? 0,
    maxDuration: readDuration(read("duration_max"), query("duration_max")) ?? Number.POSITIVE_INFINITY,
  });
  return answerTraces(findTraces(store, { matches, limit: limit ?? depth ?? DEFAULT_LIMIT }).found);
}

function answerTraces(traces: readonly StoredTrace[]): Answer {
  return traces.length === 0 ? v3Failure(404, "No traces found") : { body: { result: toOtlpJson(traces) } };
}

/** Jaeger's own gateway ignores attributes: `query.attributes={"key":"value"}` and `query.attributes[key]=value`. */
function readAttributes(params: URLSearchParams): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [name, value] of params) {
    if (name === "query.attributes") for (const [key, text] of readTagsJson(value, name)) attributes.set(key, text);
    const isNamed = name.startsWith("query.attributes[") && name.endsWith("]");
    if (isNamed) attributes.set(name.slice("query.attributes[".length, -1), value);
  }
  return attributes;
}

/** A parameter by its name in snake case, under which it may also come in camel case. */
function pick(params: URLSearchParams, name: string): string | undefined {
  const camel = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return params.get(name) ?? params.get(camel) ?? undefined;
}

/** The same as parameters of that one name, for readers that name it in what they refuse. */
function named(params: URLSearchParams, name: string): URLSearchParams {
  const value = pick(params, name);
  return new URLSearchParams(value === undefined ? {} : { [name]: value });
}
