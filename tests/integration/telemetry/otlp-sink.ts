/** A receiver of OTLP http/json on this machine, which can also behave as badly as receivers do. */

/** `ok` takes all; `hang` never answers; `unavailable` answers 503; `once` answers the first request with 503. */
export type SinkMode = "ok" | "hang" | "unavailable" | "once";

export interface OtlpSink extends AsyncDisposable {
  readonly url: string;
  /** Names of the spans that were accepted. */
  readonly spans: readonly string[];
  /** Bodies of the log records that were accepted. */
  readonly logs: readonly string[];
  /** Names of the metrics that were accepted. */
  readonly metrics: readonly string[];
  /** Paths asked for, whatever the answer. */
  readonly requests: readonly string[];
}

interface OtlpJson {
  readonly resourceSpans?: { readonly scopeSpans: { readonly spans: { readonly name: string }[] }[] }[];
  readonly resourceLogs?: { readonly scopeLogs: { readonly logRecords: { readonly body: Body }[] }[] }[];
  readonly resourceMetrics?: { readonly scopeMetrics: { readonly metrics: { readonly name: string }[] }[] }[];
}
interface Body {
  readonly stringValue: string;
}

export function startOtlpSink(mode: SinkMode = "ok"): OtlpSink {
  const sink = { spans: [] as string[], logs: [] as string[], metrics: [] as string[], requests: [] as string[] };
  const server = Bun.serve({
    port: 0,
    hostname: "localhost",
    idleTimeout: 0,
    fetch: async (request) => {
      sink.requests.push(new URL(request.url).pathname);
      const json = (await request.json()) as OtlpJson;
      if (mode === "hang") return new Promise<Response>(() => {});
      const refuse = mode === "unavailable" || (mode === "once" && sink.requests.length === 1);
      if (refuse) return new Response(null, { status: 503, headers: mode === "once" ? { "retry-after": "0" } : {} });
      for (const { scopeSpans } of json.resourceSpans ?? [])
        sink.spans.push(...scopeSpans.flatMap(({ spans }) => spans.map(({ name }) => name)));
      for (const { scopeLogs } of json.resourceLogs ?? [])
        sink.logs.push(...scopeLogs.flatMap(({ logRecords }) => logRecords.map(({ body }) => body.stringValue)));
      for (const { scopeMetrics } of json.resourceMetrics ?? [])
        sink.metrics.push(...scopeMetrics.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
      return Response.json({});
    },
  });
  return {
    ...sink,
    url: `http://localhost:${server.port}`,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** The environment of a process that exports to this address, and to nowhere else. */
export function otlpEnvironment(url: string): Record<string, string> {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" };
}
