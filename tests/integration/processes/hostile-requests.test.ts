/** Thousands of requests, most of them wrong. None is an unexpected error, and none writes a stack. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { connect } from "node:net";
import fc from "fast-check";
import { processTimeoutMs } from "../../support/stack.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs * 2);

const REQUESTS = 2000;
const AT_ONCE = 16;

/** Every byte but those that end a line. */
const bytes = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes).replace(/[\r\n]/g, ""));
const printable = fc
  .array(fc.integer({ min: 0x21, max: 0x7e }), { maxLength: 20 })
  .map((codes) => String.fromCharCode(...codes));
const escaped = fc
  .uint8Array({ maxLength: 8 })
  .map((codes) => Buffer.from(codes).toString("hex").replace(/../g, "%$&"));

/** Bun itself refuses most of what is not well formed. So most of a request is, for the rest of it to be read. */
const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd });

const json = fc.oneof(
  fc.json({ maxDepth: 2 }),
  fc.constantFrom("{}", '{"rolls":2}', '{"__proto__":{"rolls":1}}', '{"rolls":1e999}', "{", "\ufeff{}", "null"),
);
const method = mostly(
  fc.constantFrom("GET", "GET", "GET", "POST", "HEAD", "PUT", "OPTIONS", "PROPFIND"),
  fc.constantFrom("get", "X", "CONNECT", "TRACE"),
);
const path = mostly(
  fc.oneof(
    fc.constantFrom("/", "/rolldice", "/rolldice/", "/rolldice/stream", "/rolldice/tally", "/rolldice/table"),
    fc.constantFrom("/openapi", "/readyz", "/favicon.ico", "/rolldice/%2e%2e", "//rolldice", "/%zz", "/%00"),
    escaped.map((text) => `/${text}`),
  ),
  fc.oneof(
    fc.constantFrom("*", "rolldice", "http://localhost:99999/rolldice", "http://[::1/rolldice", "ws://x"),
    printable.map((text) => `/${text}`),
    bytes.map((text) => `/${text}`),
  ),
);
const queryKey = mostly(
  fc.constantFrom("rolls", "sides", "player", "interval_ms", "__proto__", "constructor"),
  escaped,
);
const queryValue = mostly(
  fc.oneof(fc.constantFrom("1", "2", "0", "-1", "1e3", "NaN", "%", "%ff%fe", "[object+Object]", ""), escaped),
  printable,
);
const query = fc
  .array(fc.tuple(queryKey, queryValue), { maxLength: 3 })
  .map((pairs) => (pairs.length === 0 ? "" : `?${pairs.map(([key, value]) => `${key}=${value}`).join("&")}`));
const host = fc.oneof(
  fc.constantFrom("localhost", "localhost:3000", "[::1]:3000").map((name) => `Host: ${name}`),
  fc.constantFrom("Host: localhost:99999", "Host: a b.localhost", "Host: [::1", "Host:", "Host: a\r\nHost: b"),
  fc.constantFrom("Host: 999.1.1.1", "Host: user@host", "Host: a%", "Host: a/b", "X-No-Host: 1"),
  mostly(printable, bytes).map((text) => `Host: ${text}`),
);
const handshake = "Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ";
const headerName = mostly(
  fc.constantFrom(
    ...["traceparent", "tracestate", "baggage", "request-timeout-ms", "content-type", "accept", "cookie", "range"],
    ...["x-forwarded-for", "forwarded", "expect", "te", "if-none-match", "authorization", "content-encoding"],
  ),
  fc.constantFrom("transfer-encoding", "content-length", "upgrade", "sec-websocket-key"),
);
const headerValue = mostly(
  fc.oneof(
    fc.constantFrom("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "dice.table=t", "1000", "0", "gzip"),
    fc.constantFrom("application/json", "multipart/form-data", "bytes=0-", "100-continue", "chunked", "-1", "1e9"),
    printable,
  ),
  bytes,
);
const header = fc.tuple(headerName, headerValue).map(([name, value]) => `${name}: ${value}`);
const body = fc.oneof(
  fc.array(json, { maxLength: 4 }).map((lines) => lines.join("\n")),
  bytes,
  fc.constant("1\r\nx\r\nzz\r\n"),
);
const request = fc
  .record({
    start: fc.tuple(method, path, query).map(([name, ...target]) => `${name} ${target.join("")}`),
    version: mostly(fc.constant("HTTP/1.1"), fc.constantFrom("HTTP/1.0", "HTTP/2.0", "HTTP/9")),
    host,
    headers: fc.array(header, { maxLength: 3 }),
    body,
    length: mostly(fc.constant(0), fc.constantFrom(-1, 1)),
    connection: mostly(
      fc.constant("Connection: close"),
      printable.map((key) => handshake + key),
    ),
  })
  .map(({ start, version, host, headers, body, length, connection }) => {
    const bodyBytes = Buffer.from(body);
    const head = [`${start} ${version}`, host, ...headers, connection];
    if (bodyBytes.length > 0) head.push(`Content-Length: ${bodyBytes.length + length}`);
    return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), bodyBytes]);
  });

test("no wrong request writes a stack or is answered with 500", async () => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`the seed of the requests is ${seed}`);
  await using back = await startBack();
  await using front = await startFront({ BACK_ADDRESS: back.address });
  await front.line(/^back answers/);
  const { port } = new URL(front.url);
  const requests = fc.sample(request, { numRuns: REQUESTS, seed });

  const answeredWith500: string[] = [];
  const waiting = requests.values();
  const sendInTurn = async () => {
    for (const bytes of waiting) {
      const answer = await send(Number(port), bytes);
      if (answer.startsWith("HTTP/1.1 500")) answeredWith500.push(bytes.toString("latin1"));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));

  expect((await front.get("/rolldice")).status).toBe(200);
  front.signal("SIGTERM");
  back.signal("SIGTERM");
  expect(await Promise.all([front.exited, back.exited])).toEqual([0, 0]);
  const lines = [...front.lines, ...back.lines].map((line) => JSON.stringify(line));
  // The first of them are enough to read.
  expect(lines.filter((line) => /\\n +at |"stack"|"level":"error"/.test(line)).slice(0, 3)).toEqual([]);
  expect([front.errors, back.errors]).toEqual(["", ""]);
  expect(answeredWith500.slice(0, 3)).toEqual([]);
});

/** Sends all and closes its side. @returns What was answered before the other side closed too. */
async function send(port: number, bytes: Uint8Array): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1" }, () => socket.end(bytes));
  let answer = "";
  socket.setEncoding("latin1").on("data", (text) => {
    answer += text;
  });
  // A server that closes while it is still being sent to resets the connection. `once()` would reject then.
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.on("error", () => socket.destroy()).on("close", () => resolve(answer));
  return promise;
}
