/** The backend of the benchmark, a process of its own: receives OTLP over http/protobuf, counts spans, stores nothing. */
import { countSpans, readSums } from "./otlp-count.ts";

/** What the sink counted for one variant. */
export interface SinkCounts {
  readonly requests: number;
  readonly bytes: number;
  /** Spans that arrived, each with its ids. */
  readonly received: number;
  /** Spans that the variant reports as started: from the SDK's own metrics, or sent by a peer when it ends. */
  readonly made: number;
  /** Spans that the variant reports as dropped because its queue was full. */
  readonly dropped: number;
  /** Spans that the variant reports as not exported. */
  readonly failed: number;
}

interface Seen {
  requests: number;
  bytes: number;
  received: number;
  reported: number;
  /** The last value of each series of counters. */
  readonly started: Map<string, number>;
  readonly dropped: Map<string, number>;
  readonly failed: Map<string, number>;
}

const seen = new Map<string, Seen>();

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const [, variant = "", path] = /^\/([^/]+)(\/.*)$/.exec(new URL(request.url).pathname) ?? [];
    const raw = new Uint8Array(await request.arrayBuffer());
    take(counterOf(variant), path, request.headers.get("content-encoding") === "gzip" ? Bun.gunzipSync(raw) : raw);
    return new Response(null, { headers: { "content-type": "application/x-protobuf" } });
  },
});

process.send?.({ url: server.url.href });
process.on("message", () => process.send?.(Object.fromEntries([...seen].map(([name, of]) => [name, summary(of)]))));
process.on("disconnect", () => process.exit(0));

function counterOf(variant: string): Seen {
  const known = seen.get(variant);
  if (known !== undefined) return known;
  const fresh = {
    requests: 0,
    bytes: 0,
    received: 0,
    reported: 0,
    started: new Map(),
    dropped: new Map(),
    failed: new Map(),
  };
  seen.set(variant, fresh);
  return fresh;
}

function take(counter: Seen, path: string | undefined, body: Uint8Array): void {
  counter.requests += 1;
  counter.bytes += body.length;
  if (path === "/v1/traces") counter.received += countSpans(body);
  if (path === "/made") counter.reported += Number(new TextDecoder().decode(body));
  if (path !== "/v1/metrics") return;
  for (const { name, series, value } of readSums(body)) {
    if (name === "otel.sdk.span.started" && series.includes("RECORD_AND_SAMPLE")) counter.started.set(series, value);
    if (name === "otel.sdk.processor.span.processed" && series.includes("queue_full"))
      counter.dropped.set(series, value);
    if (name === "otel.sdk.exporter.span.exported" && series.includes("error.type")) counter.failed.set(series, value);
  }
}

function summary({ requests, bytes, received, reported, started, dropped, failed }: Seen): SinkCounts {
  const sum = (values: Map<string, number>) => [...values.values()].reduce((total, value) => total + value, 0);
  return { requests, bytes, received, made: reported + sum(started), dropped: sum(dropped), failed: sum(failed) };
}
