/** The requests of the W3C harness to the conformance server, which runs in a process of its own. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { fileURLToPath } from "node:url";
import { type HeaderLines, parentId, traceId } from "@baton/doctor/cases";
import { type RawRequest, type RawServer, rawRequest, startRawServer } from "./support/raw-http.ts";

const script = fileURLToPath(import.meta.resolve("@baton/tools/conformance/server"));
const quiet = {
  ...process.env,
  OTEL_TRACES_EXPORTER: "none",
  OTEL_METRICS_EXPORTER: "none",
  OTEL_LOGS_EXPORTER: "none",
};
const start = (PORT: string) =>
  Bun.spawn([process.execPath, script], { env: { ...quiet, PORT }, stdout: "pipe", stderr: "pipe" });

let server: ReturnType<typeof start>;
let port: number;
let harness: RawServer;

beforeAll(async () => {
  harness = await startRawServer();
  server = start("0");
  port = await readPrintedPort(server.stdout);
});

afterAll(() => {
  server.kill("SIGKILL");
  harness.stop();
});

async function readPrintedPort(output: ReadableStream<Uint8Array>): Promise<number> {
  let text = "";
  for await (const chunk of output) {
    text += new TextDecoder().decode(chunk);
    const found = /POST http:\/\/127\.0\.0\.1:(\d+)\/test/.exec(text);
    if (found) return Number(found[1]);
  }
  throw new Error(`no port in: ${text}`);
}

const post = (body: string, headers: HeaderLines = []) =>
  rawRequest(port, "POST /test", [["Content-Type", "application/json"], ...headers], body);

const traceparents = (requests: readonly RawRequest[]) =>
  requests.map(({ headers }) => headers.find(([name]) => name.toLowerCase() === "traceparent")?.[1].split("-") ?? []);

describe("POST /test", () => {
  const callBacks = JSON.stringify([
    { url: "URL/first", arguments: [] },
    { url: "URL/second", arguments: [{ url: "http://127.0.0.1:1/", arguments: [] }] },
    { url: "URL/third", arguments: ["x", null] },
  ]);
  const send = (headers: HeaderLines = []) => post(callBacks.replaceAll("URL", harness.url), headers);

  test("makes the call-backs in order, each with its arguments as the JSON body", async () => {
    expect(await send()).toMatchObject({ status: 200, body: "[200,200,200]" });
    expect(harness.take().map(({ path, body }) => [path, JSON.parse(Buffer.from(body, "latin1").toString())])).toEqual([
      ["/first", []],
      ["/second", [{ url: "http://127.0.0.1:1/", arguments: [] }]],
      ["/third", ["x", null]],
    ]);
  });

  test("each under a span of its own, all in the caller's trace", async () => {
    await send([["traceparent", `00-${traceId}-${parentId}-01`]]);
    const sent = traceparents(harness.take());
    expect(sent.map(([, trace]) => trace)).toEqual([traceId, traceId, traceId]);
    expect(new Set([parentId, ...sent.map(([, , span]) => span)]).size).toBe(4);
  });

  test("or all in one new trace, where the caller's is invalid", async () => {
    await send([["traceparent", `00-${"0".repeat(32)}-${parentId}-01`]]);
    const sent = traceparents(harness.take());
    expect(new Set(sent.map(([, trace]) => trace)).size).toBe(1);
    expect(new Set(sent.map(([, , span]) => span)).size).toBe(3);
  });
});

describe("what it refuses with 400, naming field and rule", () => {
  const refused = (url: string) => JSON.stringify([{ url, arguments: [] }]);
  test.each([
    ["{}", "body: must be a JSON list"],
    ["null", "body: must be a JSON list"],
    [JSON.stringify(Array(101).fill(0)), "body: must have at most 100 entries"],
    ["[1]", "[0]: must be { url, arguments }"],
    [`[{"url":"http://127.0.0.1/"}]`, "[0].arguments: must be a list"],
    [`[{"url":1,"arguments":[]}]`, "[0].url: must be an http URL of a loopback address"],
    [refused("http://example.com/"), "[0].url: must be an http URL of a loopback address"],
    [refused("http://127.0.0.1.example.com/"), "[0].url"],
    [refused("http://localhost@example.com/"), "[0].url"],
    [refused("http://169.254.169.254/"), "[0].url"],
    [refused("http://0.0.0.0/"), "[0].url"],
    [refused("http://[::ffff:10.0.0.1]/"), "[0].url"],
    [refused("https://127.0.0.1/"), "[0].url"],
    [refused("file:///etc/passwd"), "[0].url"],
    [refused("/relative"), "[0].url"],
  ])("%s", async (body, detail) => {
    const response = await post(body);
    expect(response.status).toBe(400);
    expect(JSON.parse(response.body).detail).toStartWith(detail);
    expect(harness.take()).toEqual([]);
  });

  test("a body that is not JSON", async () => {
    expect((await post("[")).status).toBe(400);
  });
});

describe("the process", () => {
  test("an invalid port is named, and nothing starts", async () => {
    const broken = start("70000");
    expect(await broken.exited).not.toBe(0);
    expect(await new Response(broken.stderr).text()).toContain("PORT must be a whole number from 0 to 65535");
  });

  test("it ends with 0 on SIGTERM", async () => {
    server.kill("SIGTERM");
    expect(await server.exited).toBe(0);
  });
});
