import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { connect } from "node:http2";
import { createAccess, isToken } from "./access.ts";
import { postJson, TRACE_ID, traceRequest } from "./testing/otlp.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const TOKEN = "a-token-of-a-test-1234";
const BEARER = { authorization: `Bearer ${TOKEN}` };
const SPAN = traceRequest({ spans: [{ spanId: "1111111111111111" }] });
const PATHS = [
  ...["/", "/search", "/metrics", "/no/such/page", `/trace/${TRACE_ID}`],
  ...["/api/services", `/api/traces/${TRACE_ID}`, "/api/v3/services", "/api/viewer/stats", "/api/none"],
];

let viewer: Viewer;
beforeAll(async () => {
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0, token: TOKEN });
});
afterAll(() => viewer.stop());

const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(viewer.url + path, { headers, redirect: "manual" });

const signIn = (token: string, path = "/search?service=front", headers: Readonly<Record<string, string>> = {}) =>
  fetch(viewer.url + path, {
    method: "POST",
    body: new URLSearchParams({ token }),
    headers: { accept: "text/html", ...headers },
    redirect: "manual",
  });

describe("a viewer with a token", () => {
  test.each(PATHS)("gives nothing at %s to who has none", async (path) => {
    for (const headers of [
      {},
      { authorization: "Bearer" },
      { authorization: `Bearer ${TOKEN}x` },
      { cookie: "baton_viewer=" },
    ]) {
      const response = await get(path, headers);
      expect([path, response.status, response.headers.get("www-authenticate")]).toEqual([path, 401, "Bearer"]);
    }
    expect((await get(path, BEARER)).status).not.toBe(401);
  });

  test("does not forget everything for who has no token", async () => {
    const clear = (headers: Readonly<Record<string, string>>) =>
      fetch(`${viewer.url}/api/viewer/clear`, { method: "POST", headers });
    expect([(await clear({})).status, (await clear(BEARER)).status]).toEqual([401, 200]);
  });

  test("has a health endpoint, and the style of the form, for everybody", async () => {
    expect(await (await get("/healthz")).json()).toEqual({ status: "ok" });
    expect((await get("/assets/base.css")).status).toBe(200);
    expect((await fetch(`${viewer.url}/healthz`, { method: "POST" })).status).toBe(401);
  });

  test("takes OTLP over HTTP from who has it", async () => {
    const refused = await postJson(viewer.otlpUrl, "/v1/traces", SPAN);
    expect(refused.status).toBe(401);
    expect(await refused.json()).toEqual({ code: 16, message: expect.stringContaining("OTEL_EXPORTER_OTLP_HEADERS") });
    expect(viewer.trace(TRACE_ID)).toBeUndefined();
    const headers = { ...BEARER, "content-type": "application/json" };
    const taken = await fetch(`${viewer.otlpUrl}/v1/traces`, { method: "POST", headers, body: JSON.stringify(SPAN) });
    expect([taken.status, viewer.trace(TRACE_ID)?.spans.length]).toEqual([200, 1]);
  });

  test("knows a browser by its cookie, which is not the token and is of no use over OTLP", async () => {
    const response = await signIn(TOKEN);
    expect([response.status, response.headers.get("location")]).toEqual([303, "/search?service=front"]);
    const set = response.headers.get("set-cookie") ?? "";
    expect(set).toMatch(/^baton_viewer=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(set).not.toContain(TOKEN);
    const cookie = `other=1; ${set.split(";")[0]}`;
    expect((await get("/api/services", { cookie })).status).toBe(200);
    const sent = { method: "POST", body: "{}", headers: { cookie, "content-type": "application/json" } };
    expect((await fetch(`${viewer.otlpUrl}/v1/traces`, sent)).status).toBe(401);
    const behindTls = await signIn(TOKEN, "/", { "x-forwarded-proto": "https" });
    expect(behindTls.headers.get("set-cookie")).toEndWith("; SameSite=Strict; Secure");
  });

  test.each([
    ["a wrong token", () => signIn("wrong")],
    ["a form that is too long", () => signIn(`${TOKEN}${" ".repeat(2000)}`)],
    ["a token in the address", () => get(`/search?token=${TOKEN}`, { accept: "text/html" })],
    ["a form of another type", () => signIn(TOKEN, "/", { "content-type": "text/plain" })],
  ])("answers %s with the form", async (_, send) => {
    const response = await send();
    expect([response.status, response.headers.get("set-cookie")]).toEqual([401, null]);
    const html = await response.text();
    expect(html).toContain('name="token"');
    expect(html).not.toContain(TOKEN);
  });

  test("lets no page of another site sign a reader in, and leads to no other host", async () => {
    expect((await signIn(TOKEN, "/", { origin: "http://evil.example" })).status).toBe(403);
    expect((await signIn(TOKEN, "/", { origin: "null" })).status).toBe(403);
    expect((await signIn(TOKEN, "//evil.example/")).headers.get("location")).toBe("/evil.example/");
  });
});

test.each([
  ["no token", {}, "16"],
  ["another token", { authorization: `Bearer ${TOKEN}x` }, "16"],
  ["the token", BEARER, "12"],
  ["the token, and a page", { ...BEARER, origin: "http://localhost:1" }, "7"],
  ["the token, and a name that only leads to this machine", { ...BEARER, ":authority": "evil.example:4317" }, "7"],
])("over gRPC, %s: %p is status %s", async (_, headers, status) => {
  const session = connect(viewer.otlpGrpcUrl);
  const stream = session.request({
    ":method": "POST",
    ":path": "/none",
    "content-type": "application/grpc",
    ...headers,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  stream.on("response", resolve).on("error", reject);
  stream.end();
  expect((await promise)["grpc-status"]).toBe(status);
  session.destroy();
});

test("each viewer has a session of its own, so that a cookie ends with the process", () => {
  const [one, other] = [createAccess(TOKEN), createAccess(TOKEN)].map((access) => access.signIn(TOKEN, false));
  expect(one).not.toBe(other);
});

test.each([["A".repeat(16)], ["A".repeat(256)], ["ab_c.d~e+f/g-h012=="]])("%s can be a token", (text) => {
  expect(isToken(text)).toBeTrue();
});

test.each(["", "A".repeat(15), "A".repeat(257), `${"A".repeat(16)}\n`, `${"A".repeat(16)};`])("%j cannot", (text) => {
  expect(isToken(text)).toBeFalse();
});
