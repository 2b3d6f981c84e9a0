/** What the viewer answers over HTTP to browsers and to pages of strangers. */
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { TRACE_ID } from "./testing/otlp.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const FREE = { port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 };
let viewer: Viewer;

beforeEach(async () => {
  viewer = await startViewer(FREE);
});
afterEach(() => viewer.stop());

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

describe("a request of a page of another origin", () => {
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
    ["an image of a page of another port", "/api/traces", from("same-site", "no-cors", "image"), 403],
    ["a frame of a page of another port", "/search", from("same-site", "navigate", "iframe"), 403],
    ["no more than the mark", "/search", { "sec-fetch-site": "cross-site" }, 403],
    ["a link to a page", "/search", from("cross-site", "navigate", "document"), 200],
    ["a link of front's page to a trace", `/trace/${TRACE_ID}`, from("same-site", "navigate", "document"), 200],
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
