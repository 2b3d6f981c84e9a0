/** Where a trace is read from: the query API of a viewer or a Jaeger, or the spans that a test keeps in memory. */
import { buildTree, type TraceTree } from "./build.ts";
import type { JaegerTrace } from "./jaeger.ts";
import { type RecordedSpan, readRecordedSpans } from "./recorded-span.ts";
import { readTrace } from "./trace.ts";

export type TraceSource = QueryApi | SpansInMemory;

/** A viewer or a Jaeger. @see https://www.jaegertracing.io/docs/2.0/apis/ `/api/traces/{trace-id}` */
export interface QueryApi {
  /** Where its pages are: `http://localhost:16686`. */
  readonly url: string;
  /** 32 hexadecimal digits, as in the `traceresponse` header. */
  readonly traceId: string;
}

/** `startTestTelemetry()` of `@baton/telemetry/testing` is one. */
export interface SpansInMemory {
  /** Spans that have ended, of one process or of several. A function is asked again while a trace is waited for. */
  readonly spans: Iterable<RecordedSpan> | (() => Iterable<RecordedSpan>);
  /** @default The only trace that there is. */
  readonly traceId?: string;
}

/** Milliseconds until an answer of the query API counts as not given. */
const ANSWER_TIMEOUT_MS = 5000;
const MAX_QUOTED_CHARACTERS = 200;

/**
 * The tree of the spans that are there now; `undefined` when there is none yet.
 * @throws Error when the trace id is not one, when the query API does not answer as a Jaeger, or when the spans in
 * memory belong to more than one trace and `traceId` does not say to which.
 */
export async function readTree(source: TraceSource): Promise<TraceTree | undefined> {
  return "url" in source ? fetchTree(source) : readMemory(source);
}

/** For messages: `trace 4bf9… at http://localhost:16686`. */
export function describeSource(source: TraceSource): string {
  const trace = source.traceId === undefined ? "any trace" : `trace ${source.traceId}`;
  return `${trace} ${"url" in source ? `at ${source.url}` : "in memory"}`;
}

async function fetchTree({ url, traceId }: QueryApi): Promise<TraceTree | undefined> {
  checkTraceId(traceId);
  const response = await ask(`${url.replace(/\/+$/, "")}/api/traces/${traceId}`);
  if (response.status === 404) return undefined;
  const text = await response.text();
  const trace = response.ok ? firstTrace(text) : undefined;
  if (trace === undefined) {
    const quoted = text.slice(0, MAX_QUOTED_CHARACTERS);
    throw new Error(`url: ${response.url} is not the query API of a Jaeger. It answered ${response.status}: ${quoted}`);
  }
  return trace === null ? undefined : buildTree(readTrace(trace));
}

function checkTraceId(traceId: string): void {
  // The types say string, but a header that is missing arrives here as null or undefined.
  if (/^[0-9a-f]{32}$/i.test(String(traceId))) return;
  throw new Error(`traceId: must be 32 hexadecimal digits, not ${JSON.stringify(traceId)}`);
}

async function ask(url: string): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  } catch (cause) {
    throw new Error(`url: nothing answers at ${url}. Start a viewer or a Jaeger there, or correct the URL.`, { cause });
  }
}

/** `null` when the answer has no trace, `undefined` when it is not an answer of this API. */
function firstTrace(text: string): JaegerTrace | null | undefined {
  try {
    const { data } = JSON.parse(text) as { readonly data?: readonly JaegerTrace[] | null };
    return data === null ? null : Array.isArray(data) ? (data[0] ?? null) : undefined;
  } catch {
    return undefined;
  }
}

function readMemory({ spans, traceId }: SpansInMemory): TraceTree | undefined {
  const recorded = [...(typeof spans === "function" ? spans() : spans)];
  const id = traceId ?? onlyTraceId(recorded);
  const trace = id === undefined ? undefined : readRecordedSpans(id, recorded);
  return trace === undefined || trace.spans.length === 0 ? undefined : buildTree(trace);
}

function onlyTraceId(spans: readonly RecordedSpan[]): string | undefined {
  const ids = [...new Set(spans.map(({ traceId }) => traceId))];
  if (ids.length > 1)
    throw new Error(`traceId: must name one of the ${ids.length} traces in memory: ${ids.join(", ")}`);
  return ids[0];
}
