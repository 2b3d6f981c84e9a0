import { describe, expect, test } from "bun:test";
import { JSON_TYPE, startOtlpHttp } from "../testing/otlp-http.ts";
import { createAllowedOrigins, isOriginPattern } from "./allowed-origins.ts";

test.each([
  ["http://localhost:*", "http://localhost:3000", true],
  ["http://localhost:*", "http://localhost", true],
  ["http://localhost:*", "https://localhost:3000", false],
  ["http://localhost:*", "http://localhost.evil.example:3000", false],
  ["http://localhost:*", "http://evil.example:3000", false],
  ["http://localhost:3000", "http://localhost:3001", false],
  ["https://app.example", "https://app.example", true],
  ["https://app.example", "https://app.example.evil", false],
  ["https://*.example", "https://a.b.example", true],
  ["https://*.example", "https://evilexample", false],
  ["https://*.example:*", "https://a.example:8443", true],
  ["null", "null", true],
  ["*", "https://anything.example", true],
])("%s allows %s: %p", (pattern, origin, allowed) => {
  expect(isOriginPattern(pattern)).toBeTrue();
  const request = new Request("http://localhost:4318/v1/traces", { headers: { origin } });
  expect(createAllowedOrigins([pattern]).headersFor(request) !== undefined).toBe(allowed);
});

describe("a page in a browser", () => {
  const origins = ["http://localhost:*"];
  const page = { origin: "http://localhost:3000", "sec-fetch-site": "same-site" };

  test("that is allowed may ask first, send, and read the answer, good or bad", async () => {
    const { send, store } = startOtlpHttp({ origins });
    const ask = {
      ...page,
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,x-key",
    };
    const preflight = await send(null, ask, "/v1/traces", "OPTIONS");
    expect(preflight.status).toBe(204);
    expect(Object.fromEntries(preflight.headers)).toMatchObject({
      "access-control-allow-origin": "http://localhost:3000",
      "access-control-allow-methods": "POST",
      "access-control-allow-headers": "content-type,x-key",
      vary: "origin, access-control-request-headers",
    });
    for (const [body, status] of [
      ['{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]}', 200],
      ["no JSON", 400],
    ] as const) {
      const response = await send(body, { ...page, "content-type": JSON_TYPE }, "/v1/logs");
      expect([response.status, response.headers.get("access-control-allow-origin")]).toEqual([status, page.origin]);
    }
    expect(store.stats().logs).toBe(1);
  });

  test("that is not allowed is refused, and the message names the variable", async () => {
    const { send } = startOtlpHttp({ origins });
    const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site", "content-type": JSON_TYPE };
    const response = await send("{}", foreign, "/v1/traces");
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({ code: 7, message: expect.stringContaining("VIEWER_ALLOWED_ORIGINS") });
    expect((await send(null, foreign, "/v1/traces", "OPTIONS")).status).toBe(405);
  });

  test("that is allowed may send from another site", async () => {
    const { send } = startOtlpHttp({ origins: ["https://app.example"] });
    const headers = { origin: "https://app.example", "sec-fetch-site": "cross-site", "content-type": JSON_TYPE };
    expect((await send("{}", headers)).status).toBe(200);
  });
});
