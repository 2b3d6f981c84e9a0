/** OTLP over HTTP, as well or as badly as it is told. */
import { gunzipSync } from "bun";
import { exportResponse } from "./answers.ts";
import type { Behave, Behaviour } from "./behaviour.ts";
import type { AcceptedSpans } from "./spans.ts";

export interface Tls {
  readonly cert: string;
  readonly key: string;
}

/** @returns The port. */
export function serveHttp(spans: AcceptedSpans, behaviour: Behave, tls: Tls | undefined): number {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    ...(tls && { tls }),
    fetch: async (request) => {
      const raw = new Uint8Array(await request.arrayBuffer());
      const body = request.headers.get("content-encoding") === "gzip" ? gunzipSync(raw) : raw;
      const isTraces = new URL(request.url).pathname.endsWith("/v1/traces");
      const accept = isTraces ? spans.read(body) : () => 0;
      const { status = 200, retryAfter, rejects = 0, garbage = false } = await behaviour(isTraces);
      const headers = {
        "content-type": "application/x-protobuf",
        ...(retryAfter && { "retry-after": headerOf(retryAfter) }),
      };
      if (garbage) return new Response("\xff\xfe<html>?", { headers });
      return new Response(status === 200 ? exportResponse(accept(rejects)) : null, { status, headers });
    },
  });
  if (server.port === undefined) throw new Error("the receiver has no port");
  return server.port;
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
function headerOf(retryAfter: NonNullable<Behaviour["retryAfter"]>): string {
  if (typeof retryAfter === "string") return retryAfter;
  return new Date(Date.now() + retryAfter.dateInS * 1000).toUTCString();
}
