/** Reads every trace of the pair that began in a time, from the query API of a viewer or a Jaeger. */
import { type JaegerTrace, readTrace, type Trace } from "@baton/trace-tree";
import { fetchList } from "../viewer-data.ts";

const services = ["front", "back"];
const maxTraces = 50;
/** A clock that is ahead makes spans in the future. */
const slackMs = 5000;

export interface TraceSearch {
  readonly queryUrl: string;
  /** Milliseconds since 1970. */
  readonly sinceMs: number;
  /** Traces to read in any case, by their id. @default None. */
  readonly traceIds?: readonly string[];
}

/** In no order, each once. A trace that began earlier and goes on is not among them. */
export async function findTraces({ queryUrl, sinceMs, traceIds = [] }: TraceSearch): Promise<readonly Trace[]> {
  const time = { start: String(sinceMs * 1000), end: String((Date.now() + slackMs) * 1000), limit: String(maxTraces) };
  const urls = [
    ...services.map((service) => `${queryUrl}/api/traces?${new URLSearchParams({ service, ...time })}`),
    ...traceIds.map((id) => `${queryUrl}/api/traces/${id}`),
  ];
  const answers = await Promise.all(urls.map((url) => fetchList<JaegerTrace>(url)));
  const byId = new Map(answers.flatMap((answer) => answer ?? []).map((trace) => [trace.traceID, trace]));
  const found = [...byId.values()].map(readTrace);
  return found.filter((trace) => traceIds.includes(trace.traceId) || beginOf(trace) >= sinceMs * 1000);
}

function beginOf({ spans }: Trace): number {
  return spans.reduce((first, { startMicros }) => Math.min(first, startMicros), Number.POSITIVE_INFINITY);
}
