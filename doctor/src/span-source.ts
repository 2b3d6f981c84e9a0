/** Where the spans are read: a receiver of OTLP in this process, or a Jaeger that the service sends to already. */
import { type JaegerTrace, readTrace, type Span } from "@baton/trace-tree";
import { ListenError, startViewer } from "@baton/viewer";
import { UsageError } from "./target.ts";

export interface SpanSource {
  /** What the service's OTEL_EXPORTER_OTLP_ENDPOINT must be; absent where a Jaeger is asked. */
  readonly otlp?: { readonly http: string; readonly grpc: string };
  /**
   * The spans of these traces, also those that an earlier call found, and the latest of all others.
   * @throws UsageError
   */
  read(traceIds: readonly string[]): Promise<readonly Span[]>;
  stop(): Promise<void>;
}

export interface ReceiverOptions {
  readonly listenHost: string;
  readonly otlpHttpPort: number;
  readonly otlpGrpcPort: number;
}

/** A service may send far more than its answers to the doctor; the oldest traces are dropped beyond this. */
const MAX_BYTES = 128 * 1024 * 1024;
const MAX_TRACES = 200_000;
/** Of our own traces. A request that makes more spans than some hundred is judged by its first ones. */
const MAX_KEPT_SPANS = 50_000;
const MAX_TRACES_OF_A_SERVICE = 1000;
const MAX_SERVICES = 20;
const IDS_OF_A_REQUEST = 50;
const ANSWER_TIMEOUT_MS = 10_000;

/** @throws UsageError when a port is taken. */
export async function startReceiver({ listenHost, otlpHttpPort, otlpGrpcPort }: ReceiverOptions): Promise<SpanSource> {
  try {
    const ports = { port: 0, otlpHttpPort, otlpGrpcPort };
    const viewer = await startViewer({ host: listenHost, ...ports, maxBytes: MAX_BYTES, maxTraces: MAX_TRACES });
    const read = createReader(viewer.url);
    return { otlp: { http: viewer.otlpUrl, grpc: viewer.otlpGrpcUrl }, read, stop: () => viewer.stop() };
  } catch (error) {
    if (!(error instanceof ListenError)) throw error;
    const option = error.portName === "otlpHttp" ? "--otlp-http-port" : "--otlp-grpc-port";
    throw new UsageError(
      `${error.message}. Use ${option} for another port, or --query URL if a Jaeger or a Baton viewer has it.`,
    );
  }
}

/** @param url Of the pages of a Jaeger or a Baton viewer. */
export function openJaeger(url: string): SpanSource {
  return { read: createReader(url.replace(/\/+$/, "")), stop: async () => {} };
}

function createReader(base: string): SpanSource["read"] {
  const openedMicros = (Date.now() - 1000) * 1000;
  const ask = async <Data>(path: string): Promise<Data | undefined> => {
    const response = await fetch(base + path, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) }).catch(() => {
      throw new UsageError(`query: nothing answers at ${base}. Start a Jaeger there, or correct the URL.`);
    });
    const answer = (await response.json().catch(() => undefined)) as { readonly data?: Data | null } | undefined;
    if (answer === undefined || (response.status !== 404 && !response.ok)) {
      throw new UsageError(`query: ${base} is not the query API of a Jaeger. It answered ${response.status}.`);
    }
    return answer.data ?? undefined;
  };
  // Where a service sends more than the receiver keeps, our traces are the oldest and go first.
  const kept = new Map<string, Span>();
  return async (traceIds) => {
    const own = new Set(traceIds);
    const services = (await ask<readonly string[]>("/api/services")) ?? [];
    const range = `start=${openedMicros}&end=${(Date.now() + 60_000) * 1000}&limit=${MAX_TRACES_OF_A_SERVICE}`;
    const paths = [
      ...chunk(traceIds, IDS_OF_A_REQUEST).map((ids) => `/api/traces?${ids.map((id) => `traceID=${id}`).join("&")}`),
      ...services
        .filter((service) => !/^jaeger/.test(service))
        .slice(0, MAX_SERVICES)
        .map((service) => `/api/traces?service=${encodeURIComponent(service)}&${range}`),
    ];
    const spans = new Map(kept);
    for (const path of paths) {
      for (const trace of (await ask<readonly JaegerTrace[]>(path)) ?? []) {
        for (const span of readTrace(trace).spans) {
          const key = `${span.traceId} ${span.spanId} ${span.kind}`;
          spans.set(key, span);
          if (own.has(span.traceId) && kept.size < MAX_KEPT_SPANS) kept.set(key, span);
        }
      }
    }
    return [...spans.values()];
  };
}

function chunk<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
