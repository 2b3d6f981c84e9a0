/** One line of the list of traces. */
import { buildTree, readTrace, type Span, type Trace, verdictOf } from "@baton/trace-tree";
import { timeWindow } from "../page/model/layout.ts";
import { stretchOf } from "../page/model/rows.ts";
import { countServices, type TraceSummary } from "../page/model/trace-summary.ts";
import type { StoredTrace } from "../store.ts";
import { showTraceId, toJaegerTrace } from "./jaeger-json.ts";

/** What a list has room for; the page of the trace shows the rest. */
const MAX_TEXT = 200;
const MAX_SERVICES = 8;

interface Made {
  readonly spans: number;
  readonly cut: number | undefined;
  readonly summary: TraceSummary;
}

/** What a trace was summed up to, until more of it comes: a list that refreshes itself asks every few seconds. */
const made = new WeakMap<StoredTrace, Made>();

export function toSummaryJson(trace: StoredTrace): TraceSummary {
  const known = made.get(trace);
  const { spans, cut } = trace;
  if (known && known.spans === spans.length && known.cut === cut) return known.summary;
  const summary = summarise(readTrace(toJaegerTrace(trace)));
  made.set(trace, { spans: spans.length, cut, summary });
  return summary;
}

/** Named after its first root; without a root, after the earliest orphan. */
export function summarise(trace: Trace): TraceSummary {
  const tree = buildTree(trace);
  const first = [...tree.roots, ...tree.orphans, ...tree.circles][0]?.span;
  const { grade, summary } = verdictOf(tree);
  const services = [...countServices(trace)].map(([name, spans]) => ({ name: clip(name), spans }));
  return {
    id: showTraceId(trace.traceId),
    service: clip(first?.service ?? "unknown service"),
    name: clip(first?.name ?? "no span"),
    ...describeRequest(first),
    ...timeWindow(trace.spans.map(stretchOf)),
    spans: trace.spans.length,
    errors: trace.spans.filter(({ status }) => status === "error").length,
    verdict: { grade, summary: clip(summary) },
    services: services.slice(0, MAX_SERVICES),
    moreServices: Math.max(0, services.length - MAX_SERVICES),
  };
}

/** What was asked for and how it ended, in the names that the conventions had over time. */
function describeRequest(span: Span | undefined): Pick<TraceSummary, "path" | "status"> {
  const first = (...keys: readonly string[]) => {
    const value = keys.map((key) => span?.attributes[key]).find((each) => each !== undefined);
    return value === undefined ? undefined : clip(String(value));
  };
  const path = first("url.path", "http.target", "url.full", "http.url");
  const status = first(
    "http.response.status_code",
    "http.status_code",
    "rpc.response.status_code",
    "rpc.grpc.status_code",
  );
  return { ...(path !== undefined && { path }), ...(status !== undefined && { status }) };
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}
