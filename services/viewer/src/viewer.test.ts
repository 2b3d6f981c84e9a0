import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import { buildTree, readTrace, verdictOf } from "@baton/trace-tree";
import { postJson, TRACE_ID, traceRequest } from "./testing/otlp.ts";
import { ListenError, startViewer, type Viewer } from "./viewer.ts";

const FREE = { port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 };
let viewer: Viewer;

beforeEach(async () => {
  viewer = await startViewer(FREE);
});
afterEach(() => viewer.stop());

const sendSpan = (spanId: string, name = "work") =>
  postJson(viewer.otlpUrl, "/v1/traces", traceRequest({ spans: [{ spanId, name }] }));

describe("waiting for a trace", () => {
  test("ends as soon as the condition holds, for spans that are there and for later ones", async () => {
    await sendSpan("1111111111111111");
    const here = await viewer.waitForTrace(TRACE_ID, ({ spans }) => spans.length === 1);
    expect(here).toEqual(viewer.trace(TRACE_ID) as typeof here);
    const whole = viewer.waitForTrace(TRACE_ID, ({ spans }) => spans.length === 2);
    await sendSpan("2222222222222222");
    expect((await whole).spans.map(({ spanID }) => spanID)).toEqual(["1111111111111111", "2222222222222222"]);
  });

  test("says after the timeout which spans were there", async () => {
    await sendSpan("1111111111111111", "GET /");
    const wait = viewer.waitForTrace(TRACE_ID, () => false, { timeoutMs: 10 });
    await expect(wait).rejects.toThrow(
      `Trace ${TRACE_ID} did not meet the condition within 10 ms: it has 1 span (front: GET /).`,
    );
    await expect(viewer.waitForTrace("1", () => true, { timeoutMs: 10 })).rejects.toThrow("it has no span.");
  });

  test("ends when the viewer stops, when the condition throws, and at once for an invalid id", async () => {
    await sendSpan("1111111111111111");
    const outcomes = Promise.allSettled([
      viewer.waitForTrace("no id", () => true),
      viewer.waitForTrace(TRACE_ID, () => {
        throw new Error("from the condition");
      }),
      viewer.waitForTrace(TRACE_ID, () => false, { timeoutMs: 60_000 }),
    ]);
    await viewer.stop();
    const reasons = (await outcomes).map((outcome) => outcome.status === "rejected" && String(outcome.reason));
    expect(reasons).toEqual([
      expect.stringContaining("must be a trace id"),
      "Error: from the condition",
      expect.stringContaining("The viewer stopped"),
    ]);
  });
});

test("a trace that has grown too large for the memory says so, and its verdict accuses nobody", async () => {
  const small = await startViewer({ ...FREE, maxBytes: 1024 * 1024 });
  try {
    const spans = Array.from({ length: 2000 }, (_, index) => ({
      spanId: (index + 1).toString(16).padStart(16, "0"),
      // The root comes last.
      ...(index < 1999 && { parentSpanId: (2000).toString(16).padStart(16, "0") }),
    }));
    await postJson(small.otlpUrl, "/v1/traces", traceRequest({ spans }));
    const trace = small.trace(TRACE_ID);
    if (!trace) throw new Error("no trace");
    expect(trace.warnings).toEqual([expect.stringContaining("This trace was cut")]);
    expect(verdictOf(buildTree(readTrace(trace)))).toMatchObject({ grade: "cut", problems: [], findings: [] });
  } finally {
    await small.stop();
  }
});

describe("ports", () => {
  test.each([
    ["query", "port", "url"],
    ["otlpHttp", "otlpHttpPort", "otlpUrl"],
    ["otlpGrpc", "otlpGrpcPort", "otlpGrpcUrl"],
  ] as const)("when %s is taken, the error names it and nothing listens any more", async (portName, option, url) => {
    const port = Number(new URL(viewer[url]).port);
    const error = await startViewer({ ...FREE, [option]: port }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ListenError);
    expect(error).toMatchObject({
      portName,
      port,
      taken: true,
      message: `cannot listen on 127.0.0.1:${port}: another process has that port`,
    });
    // The first viewer was not disturbed, and its port is free once it stops.
    await viewer.stop();
    viewer = await startViewer({ ...FREE, [option]: port });
    expect(Number(new URL(viewer[url]).port)).toBe(port);
  });

  test("ports that were opened before the taken one are closed again", async () => {
    const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
    const { port } = probe;
    probe.stop(true);
    const taken = Number(new URL(viewer.otlpGrpcUrl).port);
    await expect(startViewer({ ...FREE, port, otlpGrpcPort: taken })).rejects.toThrow(`${taken}`);
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
  });

  test("for an address that this machine does not have, the error has the reason of the system", async () => {
    const error = await startViewer({ ...FREE, host: "192.0.2.1" }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ taken: false, message: expect.stringContaining("EADDRNOTAVAIL") });
  });
});

describe("the query port", () => {
  test("sends every page with headers that forbid content of other servers", async () => {
    for (const path of [
      "/search",
      `/trace/${TRACE_ID}`,
      "/metrics",
      "/api/services",
      "/nothing",
      "/assets/search.js",
    ]) {
      const response = await fetch(`${viewer.url}${path}`);
      expect(response.status).toBe(path === "/nothing" ? 404 : 200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'; script-src 'self';");
      expect(policy).not.toContain("unsafe");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(response.headers.has("access-control-allow-origin")).toBeFalse();
    }
  });

  test("redirects / to the search, and answers HEAD as GET without the body", async () => {
    const response = await fetch(viewer.url, { redirect: "manual" });
    expect([response.status, response.headers.get("location")]).toEqual([302, "/search"]);
    const head = await fetch(`${viewer.url}/search`, { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  test("answers only GET and HEAD", async () => {
    for (const method of ["POST", "DELETE", "OPTIONS"]) {
      expect((await fetch(`${viewer.url}/api/services`, { method })).status).toBe(405);
    }
  });
});

/** What a scanner asks for. `null`: the header must not be there, because it says what the server is made of. */
const SCANNED: Readonly<Record<string, RegExp | null>> = {
  "content-security-policy": /^default-src 'none';.*frame-ancestors 'none'/,
  "x-content-type-options": /^nosniff$/,
  "x-frame-options": /^DENY$/,
  "referrer-policy": /^(no-referrer|same-origin)$/,
  "cross-origin-resource-policy": /^same-origin$/,
  "cross-origin-opener-policy": /^same-origin$/,
  "permissions-policy": /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
  "cache-control": /^no-(store|cache)$/,
  server: null,
  "x-powered-by": null,
};

test("every answer of both HTTP ports, a refusal too, has the headers that a scanner asks for", async () => {
  const asked = [
    ...["/", "/search", "/healthz", "/api/services", "/api/none", "/api/v3/traces/x", "/nothing"].map(
      (path) => viewer.url + path,
    ),
    ...["/v1/traces", "/nothing"].map((path) => viewer.otlpUrl + path),
  ];
  const requests = [
    {},
    { method: "POST" },
    { method: "OPTIONS" },
    { headers: { host: "evil.example" } },
    { headers: { origin: "null" } },
  ];
  for (const url of asked) {
    for (const request of requests) {
      const { headers } = await fetch(url, { ...request, redirect: "manual" });
      for (const [name, value] of Object.entries(SCANNED)) {
        if (value === null) expect([url, name, headers.get(name)]).toEqual([url, name, null]);
        else
          expect([url, request, name, headers.get(name)]).toEqual([url, request, name, expect.stringMatching(value)]);
      }
    }
  }
});

describe("a request that a browser marks as another site's", () => {
  const from = (site: string, mode: string, dest: string) => ({
    "sec-fetch-site": site,
    "sec-fetch-mode": mode,
    "sec-fetch-dest": dest,
  });

  test.each([
    ["an image", "/api/traces", from("cross-site", "no-cors", "image"), 403],
    ["a script", "/assets/search.js", from("cross-site", "no-cors", "script"), 403],
    ["a frame", "/search", from("cross-site", "navigate", "iframe"), 403],
    ["a window of the API", "/api/traces", from("cross-site", "navigate", "document"), 403],
    ["no more than the mark", "/search", { "sec-fetch-site": "cross-site" }, 403],
    ["a link to a page", "/search", from("cross-site", "navigate", "document"), 200],
    ["the viewer's own page", "/api/traces", from("same-origin", "cors", "empty"), 200],
    ["an address that was typed", "/api/traces", from("none", "navigate", "document"), 200],
    ["curl", "/api/traces", {}, 200],
    ["a page of another port", "/api/traces", { "sec-fetch-site": "same-site", origin: "http://localhost:1" }, 403],
    [
      "a page of another site in a browser that says only its origin",
      "/api/traces",
      { origin: "http://evil.example" },
      403,
    ],
    ["a file, or a frame without rights", "/api/traces", { origin: "null" }, 403],
    [
      "a page with a port that the parser leaves out",
      "/api/traces",
      { origin: "http://localhost", host: "localhost:80" },
      200,
    ],
    [
      "a page of a viewer behind a proxy that ends TLS",
      "/api/traces",
      { origin: "https://localhost", host: "localhost" },
      200,
    ],
  ])("%s", async (_name, path, headers, status) => {
    expect((await fetch(`${viewer.url}${path}`, { headers })).status).toBe(status);
  });
});

test("a search with thousands of digits is refused at once", async () => {
  const begun = performance.now();
  for (const name of ["minDuration", "maxDuration", "lookback"]) {
    // 4 s for 2 000 digits when each digit was tried as a beginning.
    expect((await fetch(`${viewer.url}/api/traces?${name}=${"1".repeat(10_000)}`)).status).toBe(400);
  }
  expect(performance.now() - begun).toBeLessThan(1_000);
});

describe("a name that is not of this machine", () => {
  test("is refused on both ports, so that DNS rebinding gives no page access to the data", async () => {
    const headers = { host: "evil.example:16686" };
    expect((await fetch(`${viewer.url}/api/services`, { headers })).status).toBe(403);
    const json = { ...headers, "content-type": "application/json" };
    expect((await fetch(`${viewer.otlpUrl}/v1/traces`, { method: "POST", body: "{}", headers: json })).status).toBe(
      403,
    );
  });

  test("is accepted when the viewer listens on an address for other machines", async () => {
    const open = await startViewer({ ...FREE, host: "0.0.0.0" });
    try {
      const url = open.url.replace("0.0.0.0", "127.0.0.1");
      expect((await fetch(`${url}/api/services`, { headers: { host: "viewer:16686" } })).status).toBe(200);
    } finally {
      await open.stop();
    }
  });
});

test("a connection with an endless body is closed", async () => {
  const { hostname, port } = new URL(viewer.otlpUrl);
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(Number(port), hostname);
  const chunk = `100000\r\n${"x".repeat(0x100000)}\r\n`;
  const pump = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket
    .on("drain", pump)
    .on("error", () => resolve("closed"))
    .on("data", (data) => resolve(data.toString().slice(0, 12)));
  socket.on("close", () => resolve("closed"));
  socket.write(
    "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n\r\n",
  );
  pump();
  expect(await promise).toBe("HTTP/1.1 413");
  socket.destroy();
});
