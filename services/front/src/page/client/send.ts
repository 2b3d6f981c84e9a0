/** Sends the request of a scenario from this browser. */
import { type HttpRequest, headersOf, type WebSocketRequest } from "@baton/demo/request";
import type { Scenario } from "@baton/demo/scenario";
import { hasBrowserSpan, startBrowserSpan } from "./browser-span.ts";

export interface Answer {
  /** 101 for a socket. */
  readonly status: number;
  readonly lines: readonly string[];
  /** `undefined` when the answer does not name its trace. */
  readonly traceId: string | undefined;
  readonly traceresponse: string | undefined;
  /** The headers that this page set. */
  readonly sent: Readonly<Record<string, string>>;
  readonly durationMs: number;
}

const timeoutMs = 15_000;

/** @param headers More headers, such as the `traceparent` of the caller. */
export async function send(scenario: Scenario, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { request } = scenario;
  if (request.type === "websocket") return playSocket(request);
  if (!hasBrowserSpan(request)) return sendHttp(request, headers);
  const span = await startBrowserSpan(methodOf(request), request.path, headers.baggage ?? request.headers?.baggage);
  const answer = await sendHttp(request, { ...headers, traceparent: span.traceparent });
  await span.end(answer);
  return answer;
}

export async function sendHttp(request: HttpRequest, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const startedAt = performance.now();
  const { lines, path } = request;
  const sent = { ...headersOf(request), ...headers };
  const response = await fetch(path, {
    method: methodOf(request),
    headers: sent,
    signal: AbortSignal.timeout(timeoutMs),
    cache: "no-store",
    ...(lines === undefined ? {} : { body: lines.map((line) => `${line}\n`).join("") }),
  });
  const body = await response.text();
  const traceresponse = response.headers.get("traceresponse") ?? undefined;
  return {
    status: response.status,
    lines: body.split(/\r?\n/).filter((line) => line !== ""),
    traceId: /^00-([0-9a-f]{32})-/.exec(traceresponse ?? "")?.[1],
    traceresponse,
    sent,
    durationMs: performance.now() - startedAt,
  };
}

export function methodOf({ lines, method = lines === undefined ? "GET" : "POST" }: HttpRequest): string {
  return method;
}

/**
 * A browser sees no header of a handshake, so it cannot read `traceresponse`. A last message that is wrong on purpose
 * is answered by a problem, and every problem names its trace.
 */
export const wrongMessage = '{"rolls":0}';

function playSocket({ path, messages }: WebSocketRequest): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const startedAt = performance.now();
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + path);
  const timer = setTimeout(() => reject(new Error(`${path} did not answer within ${timeoutMs} ms`)), timeoutMs);
  const rest = [...messages, wrongMessage];
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
  socket.onclose = () => {
    const traceId = /"trace_id":"([0-9a-f]{32})"/.exec(lines.at(-1) ?? "")?.[1];
    resolve({
      status: 101,
      lines,
      traceId,
      traceresponse: undefined,
      sent: {},
      durationMs: performance.now() - startedAt,
    });
  };
  return promise.finally(() => clearTimeout(timer));
}
