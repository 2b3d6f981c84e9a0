/** HTTP/1.1 by the byte: `fetch` and `Headers` tidy up the very headers that are examined. */
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { HeaderLines } from "../cases/index.ts";
import { authorityOf, fillIn, type Target } from "../target.ts";
import { type Outgoing, problemOf, type Reply, type Sender } from "./message.ts";

/** What is kept of a body. Findings quote less. */
const MAX_BODY_CHARACTERS = 64 * 1024;

export function createHttpSender(target: Target, timeoutMs: number): Sender {
  return { send: (request) => exchange(target, request, timeoutMs), stop: () => {} };
}

function exchange(target: Target, request: Outgoing, timeoutMs: number): Promise<Reply> {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const socket = open(target);
  let received = "";
  const settle = (reply: Reply) => {
    clearTimeout(timer);
    resolve(reply);
    socket.destroy();
  };
  const timer = setTimeout(() => {
    const reply = readReply(received, true);
    if (reply !== undefined) settle({ ...reply, problem: "left" });
    else settle({ ...none, problem: "timeout", detail: `no answer within ${timeoutMs / 1000} s` });
  }, timeoutMs);
  socket.on(target.secure ? "secureConnect" : "connect", () => {
    socket.write(Buffer.from(formatRequest(target, request), "latin1"), () => {
      if (request.variant === "leave") settle({ ...none, problem: "left" });
    });
  });
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    const reply = readReply(received, false);
    if (reply !== undefined) settle(reply);
  });
  socket.on("error", (error) => settle({ ...none, ...problemOf(error) }));
  socket.on("close", () => settle(readReply(received, true) ?? closedReply(received)));
  return promise;
}

const none: Reply = { status: undefined, headers: [], text: "" };

function open({ host, port, secure }: Target): Socket {
  if (!secure) return connect(port, host);
  return connectTls({ host, port, servername: host, ALPNProtocols: ["http/1.1"] });
}

/** @see https://www.rfc-editor.org/rfc/rfc9112#section-2.1 */
function formatRequest(target: Target, { headers, callbackUrl, variant }: Outgoing): string {
  const path = variant === "unknown-path" ? "/baton-doctor/no-such-path" : fillIn(target.path, callbackUrl, "url");
  const body = Buffer.from(fillIn(target.body, callbackUrl, "text")).toString("latin1");
  const own = target.headers.map(([name, value]) => [name, fillIn(value, callbackUrl, "text")] as const);
  const named = (name: string) => own.some(([each]) => each.toLowerCase() === name);
  const length =
    variant === "chunked"
      ? (["Transfer-Encoding", "chunked"] as const)
      : (["Content-Length", `${body.length}`] as const);
  const lines: HeaderLines = [
    ["Host", authorityOf(target)],
    ["Accept", "*/*"],
    ...(body !== "" && !named("content-type") ? ([["Content-Type", guessType(body)]] as const) : []),
    ...(body !== "" || target.method !== "GET" ? [length] : []),
    ["Connection", "close"],
    ...own,
    ...headers,
  ];
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `${target.method} ${path} HTTP/1.1\r\n${head}\r\n${variant === "chunked" ? inChunks(body) : body}`;
}

function inChunks(body: string): string {
  const middle = Math.ceil(body.length / 2);
  const pieces = [body.slice(0, middle), body.slice(middle)].filter((piece) => piece !== "");
  return `${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join("")}0\r\n\r\n`;
}

function guessType(body: string): string {
  return /^\s*[[{]/.test(body) ? "application/json" : "application/x-www-form-urlencoded";
}

/** `undefined` while more is to come. A stream without an end counts as answered with its first piece. */
function readReply(received: string, ended: boolean): Reply | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [start = "", ...lines] = received.slice(0, end).split("\r\n");
  const [, code] = /^HTTP\/1\.[01] (\d{3})/.exec(start) ?? [];
  if (code === undefined) return { ...none, problem: "not understood", detail: start.slice(0, 80) };
  // An interim answer, such as 100 or 103, comes before the answer itself.
  if (code.startsWith("1")) return readReply(received.slice(end + 4), ended);
  const headers = lines.map(splitHeader);
  const body = received.slice(end + 4);
  const whole = ended || isWhole(Number(code), headers, body);
  if (!whole && !isEnough(headers, body)) return undefined;
  const reply = { status: Number(code), headers, text: body.slice(0, MAX_BODY_CHARACTERS) };
  return whole ? reply : { ...reply, problem: "left" };
}

function isWhole(status: number, headers: HeaderLines, body: string): boolean {
  if (status === 204 || status === 304) return true;
  const length = headerValue(headers, "content-length");
  if (length !== undefined) return body.length >= Number(length);
  return headerValue(headers, "transfer-encoding")?.toLowerCase() === "chunked" && body.endsWith("0\r\n\r\n");
}

function isEnough(headers: HeaderLines, body: string): boolean {
  const isStream = headerValue(headers, "content-type")?.startsWith("text/event-stream") === true;
  return body.length > MAX_BODY_CHARACTERS || (isStream && body !== "");
}

function headerValue(headers: HeaderLines, name: string): string | undefined {
  return headers.find(([each]) => each.toLowerCase() === name)?.[1];
}

function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}

function closedReply(received: string): Reply {
  const detail = received === "" ? "the connection was closed without an answer" : "the answer was cut off";
  return { ...none, problem: received.startsWith("HTTP/") || received === "" ? "closed" : "not understood", detail };
}
