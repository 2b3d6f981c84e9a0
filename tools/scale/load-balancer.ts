/**
 * The role of the Service otel-collector in the cluster: forwards OTLP over HTTP to the collectors in turn, and skips one
 * that accepts no connection. It does not retry: after a lost answer the service has to decide.
 */
import type { Ledger } from "./ledger.ts";
import { readSentSpans } from "./otlp-spans.ts";

export interface LoadBalancer extends AsyncDisposable {
  readonly url: string;
  /** Requests by the status that the service got. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Requests that the service aborted before a collector answered. */
  readonly unanswered: number;
  readonly bytes: number;
}

/**
 * @param collectors URLs, as http://127.0.0.11:4318
 * @param onAccepted Called with each request that a collector accepted.
 */
export function startLoadBalancer(
  collectors: readonly string[],
  ledger: Ledger,
  onAccepted: (body: Uint8Array<ArrayBuffer>) => void = () => {},
): LoadBalancer {
  const statuses = new Map<number, number>();
  let turn = 0;
  let bytes = 0;
  let unanswered = 0;

  const forward = async (path: string, init: RequestInit): Promise<Response> => {
    for (let tries = 0; tries < collectors.length; tries += 1) {
      const collector = collectors[turn++ % collectors.length] ?? "";
      try {
        return await fetch(collector + path, { ...init, method: "POST" });
      } catch (error) {
        if (!isRefused(error)) return new Response("the collector went away", { status: 503 });
      }
    }
    return new Response("no collector accepts connections", { status: 503 });
  };

  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 60,
    async fetch(request) {
      const body = await request.arrayBuffer();
      const headers = new Headers({ "content-type": request.headers.get("content-type") ?? "" });
      const answer = await forward(new URL(request.url).pathname, { headers, body, signal: request.signal });
      const content = await answer.arrayBuffer();
      if (request.signal.aborted) unanswered += 1;
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 200) {
        bytes += body.byteLength;
        ledger.accept(readSentSpans(new Uint8Array(body)));
        onAccepted(new Uint8Array(body));
      }
      return new Response(content, { status: answer.status, headers: answer.headers });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    statuses,
    get unanswered() {
      return unanswered;
    },
    get bytes() {
      return bytes;
    },
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

/** Nothing was sent, so another collector can get the request. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "ConnectionRefused" || error.code === "ECONNREFUSED")
  );
}
