/** The paths that Jaeger has none for: summaries of traces, logs, metrics, and what is kept. */
import type { LogRecord } from "../records.ts";
import type { StoredTrace } from "../store.ts";
import { type Answer, type Call, failure, type Route, wrap, wrapList } from "./answer.ts";
import { toJaegerTrace } from "./jaeger-json.ts";
import { tracesById } from "./jaeger-routes.ts";
import { findLogs, readLogSearch } from "./log-search.ts";
import { toOtlpJson } from "./otlp-json.ts";
import { toOtlpLogsJson } from "./otlp-logs-json.ts";
import { toLogJson, toLogSummary, toMetricsJson } from "./own-json.ts";
import { parseTraceId, readChoice, readFlag } from "./params.ts";
import { findTraces, readSearch } from "./search.ts";
import { toServiceMap } from "./service-map.ts";
import { shorten } from "./short-trace.ts";
import { SORTS, sorter } from "./sort.ts";
import { toSpanDetails } from "./span-details.ts";
import { toSummaryJson } from "./trace-summary.ts";

export const VIEWER_ROUTES: readonly Route[] = [
  [/^\/api\/viewer\/traces$/, searchTraces],
  [/^\/api\/viewer\/traces\/([^/]+)$/, (call) => withTrace(call, (trace) => wrap([shorten(toJaegerTrace(trace))]))],
  [/^\/api\/viewer\/traces\/([^/]+)\/otlp$/, (call) => withTrace(call, toOtlp)],
  [/^\/api\/viewer\/traces\/([^/]+)\/spans\/([^/]+)$/, getSpan],
  [/^\/api\/viewer\/map$/, getMap],
  [/^\/api\/viewer\/logs$/, searchLogs],
  [/^\/api\/viewer\/logs\/(\d{1,15})$/, ({ store, parts }) => getLog(store.logs(), Number(parts[0]))],
  [/^\/api\/viewer\/metrics$/, ({ store }) => wrap(toMetricsJson(store.metrics()))],
  [/^\/api\/viewer\/stats$/, ({ store }) => wrap(store.stats())],
];

/** `total` is how many traces match; `data` has as many of them as `limit` says. */
function searchTraces({ store, params }: Call): Answer {
  const wanted = readSearch(params, Date.now());
  const sort = readChoice(params, "sort", SORTS) ?? "newest";
  if (wanted.traceIds.length > 0) {
    const { found, errors } = tracesById(store, wanted.traceIds);
    return wrap(found.map(toSummaryJson), { total: found.length, errors });
  }
  const { found, total } = findTraces(store, { ...wanted, sort: sorter(sort) });
  return wrap(found.map(toSummaryJson), { total });
}

/** Of the traces that a search with the same parameters finds. */
function getMap({ store, params }: Call): Answer {
  const { found, total } = findTraces(store, readSearch(params, Date.now()));
  return wrap({ ...toServiceMap(found, store.trace), total });
}

function withTrace({ store, parts }: Call, answer: (trace: StoredTrace) => Answer): Answer {
  const trace = store.trace(parseTraceId(parts[0] ?? "", "traceID"));
  return trace && trace.spans.length > 0 ? answer(trace) : failure(404, "trace not found");
}

/** The trace with its logs, as one document that the viewer and every OTLP receiver of JSON take. */
function toOtlp(trace: StoredTrace): Answer {
  return { body: { ...toOtlpJson([trace]), ...(trace.logs.length > 0 && toOtlpLogsJson(trace.logs)) } };
}

/** With `whole=true` every value to its end. */
function getSpan(call: Call): Answer {
  const isWhole = readFlag(call.params, "whole") ?? false;
  return withTrace(call, (trace) => {
    const spans = toSpanDetails(call.store, trace, call.parts[1] ?? "", isWhole);
    return spans.length > 0 ? wrapList(spans) : failure(404, "span not found");
  });
}

/** The newest first, each with the beginning of its body: the whole of it is at `/api/viewer/logs/{id}`. */
function searchLogs({ store, params }: Call): Answer {
  const { found, total } = findLogs(store.logs(), readLogSearch(params));
  return wrap(found.map(toLogSummary), { total });
}

function getLog(logs: Iterable<LogRecord>, id: number): Answer {
  const log = [...logs].find((each) => each.id === id);
  return log ? wrap(toLogJson(log)) : failure(404, "log not found");
}
