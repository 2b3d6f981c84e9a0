/** Sends the request of a scenario from this browser. */
import { type HttpRequest, headersOf, methodOf, type WebSocketRequest, withFields } from "@baton/demo/request";
import type { Scenario } from "@baton/demo/scenario";
import { type PlayOptions, playMessages } from "@baton/demo/socket";
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
  if (request.type === "websocket") return request.carriesContext ? playCarrying(request) : playSocket(request);
  if (!hasBrowserSpan(request)) return sendHttp(request, headers);
  const baggage = headers.baggage ?? request.headers?.baggage;
  const span = await startBrowserSpan({ method: methodOf(request), path: request.path, baggage });
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

/** A span for all of it, and below it one for each message, whose context goes into the message. */
async function playCarrying(request: WebSocketRequest): Promise<Answer> {
  const { path } = request;
  const all = await startBrowserSpan({ socket: path });
  const answer = await play(request, async (ask, message) => {
    const span = await startBrowserSpan({ path, parent: all.traceparent });
    const answered = await ask(withFields(message, { traceparent: span.traceparent }));
    await span.end({});
    return answered;
  });
  await all.end({});
  return { ...answer, traceId: all.traceparent.split("-")[1] };
}

/**
 * A browser sees no header of a handshake, so it cannot read `traceresponse`. A last message that is wrong on purpose
 * is answered by a problem, and every problem names its trace.
 */
export const wrongMessage = '{"rolls":0}';

async function playSocket(request: WebSocketRequest): Promise<Answer> {
  const messages = [...request.messages, wrongMessage];
  const answer = await play({ ...request, messages });
  return { ...answer, traceId: /"trace_id":"([0-9a-f]{32})"/.exec(answer.lines.at(-1) ?? "")?.[1] };
}

async function play({ path, messages }: WebSocketRequest, around?: PlayOptions["around"]): Promise<Answer> {
  const startedAt = performance.now();
  const socket = new WebSocket(location.origin.replace(/^http/, "ws") + path);
  const lines = await playMessages(socket, { path, messages, timeoutMs, around });
  const durationMs = performance.now() - startedAt;
  return { status: 101, lines, traceId: undefined, traceresponse: undefined, sent: {}, durationMs };
}
