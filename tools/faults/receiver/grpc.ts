/** OTLP over gRPC on bare HTTP/2, as well or as badly as it is told. */
import { createSecureServer, createServer, type ServerHttp2Stream } from "node:http2";
import { exportResponse, frame, retryStatus } from "./answers.ts";
import type { Behave, Behaviour } from "./behaviour.ts";
import type { Tls } from "./http.ts";
import type { AcceptedSpans } from "./spans.ts";

const UNKNOWN = 2;
/** The code of gRPC for a status of HTTP. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-response */
const CODES: Readonly<Record<number, number>> = { 400: 3, 401: 16, 404: 12, 413: 8, 429: 8, 503: 14 };
const FRAME_HEAD = 5;

/** @returns The port. */
export async function serveGrpc(spans: AcceptedSpans, behaviour: Behave, tls: Tls | undefined): Promise<number> {
  const server = tls ? createSecureServer({ ...tls }) : createServer();
  // A sender that goes away is no fault of the receiver's.
  server.on("session", (session) => session.on("error", () => {}));
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    const isTraces = String(headers[":path"]).includes("TraceService");
    // A request that is cut in its middle gets no answer.
    answer(stream as ServerHttp2Stream, isTraces, spans, behaviour).catch(() => stream.destroy());
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the receiver has no port");
  return address.port;
}

async function answer(
  stream: ServerHttp2Stream,
  isTraces: boolean,
  spans: AcceptedSpans,
  behaviour: Behave,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const body = new Uint8Array(Buffer.concat(chunks)).subarray(FRAME_HEAD);
  const accept = isTraces ? spans.read(body) : () => 0;
  const { status = 200, retryAfter, rejects = 0, garbage = false } = await behaviour(isTraces);
  if (stream.closed) return;
  const head = { ":status": 200, "content-type": "application/grpc" };
  if (status !== 200) {
    const code = CODES[status] ?? UNKNOWN;
    const details = retryAfter ? retryStatus(code, secondsOf(retryAfter)) : undefined;
    stream.respond(
      {
        ...head,
        "grpc-status": String(code),
        ...(details && { "grpc-status-details-bin": Buffer.from(details).toString("base64") }),
      },
      { endStream: true },
    );
    return;
  }
  const message = garbage ? new TextEncoder().encode("\xff\xfe<html>?") : exportResponse(accept(rejects));
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.respond(head, { waitForTrailers: true });
  stream.end(frame(message));
}

/** `RetryInfo` has no date. What is not a number of seconds has no meaning in it. */
function secondsOf(retryAfter: NonNullable<Behaviour["retryAfter"]>): number {
  return typeof retryAfter === "string" ? Number(retryAfter) || 0 : retryAfter.dateInS;
}
