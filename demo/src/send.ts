/** Sends one real request and returns its answer. */
import { type HttpRequest, headersOf, methodOf, type Request, type WebSocketRequest } from "./request.ts";
import { type PlayOptions, playMessages } from "./socket.ts";

export interface Answer {
  /** The HTTP status; 101 for a socket. */
  readonly status: number;
  /** The body, or the messages of a socket, line by line. */
  readonly lines: readonly string[];
  /** From the `traceresponse` header. A socket's client does not see the headers of the handshake's answer. */
  readonly traceId: string | undefined;
}

const timeoutMs = 15_000;

/** @throws Error when front cannot be reached, or does not answer in time. */
export function send(frontUrl: string, request: Request, headers: Readonly<Record<string, string>>): Promise<Answer> {
  return request.type === "http" ? sendHttp(frontUrl, request, headers) : playSocket(frontUrl, request, headers);
}

/** @param client Sends it, and can put more headers on it. */
export async function sendHttp(
  frontUrl: string,
  request: HttpRequest,
  headers: Readonly<Record<string, string>>,
  client = fetch,
): Promise<Answer> {
  const { lines, path } = request;
  const response = await client(frontUrl + path, {
    method: methodOf(request),
    headers: { ...headersOf(request), ...headers },
    signal: AbortSignal.timeout(timeoutMs),
    ...(lines === undefined ? {} : { body: streamLines(lines) }),
  });
  const body = await response.text();
  return {
    status: response.status,
    lines: body.split(/\r?\n/).filter((line) => line !== ""),
    traceId: readTraceId(response.headers.get("traceresponse")),
  };
}

/** One chunk for each line, so that the server receives the body in pieces. */
function streamLines(lines: readonly string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const rest = [...lines];
  return new ReadableStream({
    pull(controller) {
      const line = rest.shift();
      if (line === undefined) controller.close();
      else controller.enqueue(encoder.encode(`${line}\n`));
    },
  });
}

/** @param around Sends each message, and can put more into it. */
export async function playSocket(
  frontUrl: string,
  { path, messages }: WebSocketRequest,
  headers: Readonly<Record<string, string>>,
  around?: PlayOptions["around"],
): Promise<Answer> {
  const socket = new WebSocket(frontUrl.replace(/^http/, "ws") + path, { headers: { ...headers } });
  const lines = await playMessages(socket, { path, messages, timeoutMs, around });
  return { status: 101, lines, traceId: undefined };
}

/** @see https://www.w3.org/TR/trace-context-2/#traceresponse-header */
function readTraceId(traceresponse: string | null): string | undefined {
  return /^00-([0-9a-f]{32})-/.exec(traceresponse ?? "")?.[1];
}
