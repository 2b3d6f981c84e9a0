/** Sends one real request and returns its answer. */
import { type HttpRequest, headersOf, type Request, type WebSocketRequest } from "./request.ts";

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
  const { lines, method = lines === undefined ? "GET" : "POST", path } = request;
  const response = await client(frontUrl + path, {
    method,
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

export function playSocket(
  frontUrl: string,
  { path, messages }: WebSocketRequest,
  headers: Readonly<Record<string, string>>,
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const socket = new WebSocket(frontUrl.replace(/^http/, "ws") + path, { headers: { ...headers } });
  const timer = setTimeout(() => reject(new Error(`${path} did not answer within ${timeoutMs} ms`)), timeoutMs);
  const rest = [...messages];
  const lines: string[] = [];
  const next = () => {
    const message = rest.shift();
    if (message === undefined) socket.close(1000);
    else socket.send(message);
  };
  socket.onopen = next;
  socket.onmessage = ({ data }) => {
    lines.push(String(data));
    next();
  };
  socket.onerror = () => reject(new Error(`${path} refused the socket`));
  socket.onclose = () => resolve({ status: 101, lines, traceId: undefined });
  return promise.finally(() => {
    clearTimeout(timer);
    socket.close();
  });
}

/** @see https://www.w3.org/TR/trace-context-2/#traceresponse-header */
function readTraceId(traceresponse: string | null): string | undefined {
  return /^00-([0-9a-f]{32})-/.exec(traceresponse ?? "")?.[1];
}
