import { describe, expect, test } from "bun:test";
import { ServerError, Status } from "nice-grpc-common";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

const traceId = expect.stringMatching(/^[0-9a-f]{32}$/);

describe("GET /rolldice", () => {
  test("without rolls answers one number", async () => {
    await using back = await startScriptedBack({ roll: async () => ({ values: [4] }) });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice");
    expect([response.status, await response.text()]).toEqual([200, "4"]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(response.headers.get("traceresponse")).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
  });

  test("with rolls answers a list, also of one", async () => {
    await using back = await startScriptedBack({ roll: async ({ rolls }) => ({ values: Array(rolls).fill(4) }) });
    await using front = startFront({ backPort: back.port });
    expect(await (await front.get("/rolldice?rolls=1")).json()).toEqual([4]);
    expect(await (await front.get("/rolldice?rolls=2")).json()).toEqual([4, 4]);
  });

  test("sends what was asked for, and defaults for what was left out", async () => {
    const asked: unknown[] = [];
    await using back = await startScriptedBack({
      roll: async (request) => {
        asked.push(request);
        return { values: [1] };
      },
    });
    await using front = startFront({ backPort: back.port });
    await front.get("/rolldice?player=ann&rolls=1000&sides=2");
    await front.get("/rolldice");
    expect(asked).toEqual([
      { player: "ann", rolls: 1000, sides: 2 },
      { player: "", rolls: 1, sides: 6 },
    ]);
  });
});

describe("input", () => {
  const rolls = "a whole number from 1 to 1000";
  const sides = "a whole number from 2 to 1000";
  test.each([
    ["/rolldice?rolls=0", "rolls", rolls],
    ["/rolldice?rolls=1001", "rolls", rolls],
    ["/rolldice?rolls=-1", "rolls", rolls],
    ["/rolldice?rolls=1.5", "rolls", rolls],
    ["/rolldice?rolls=many", "rolls", rolls],
    ["/rolldice?rolls=", "rolls", rolls],
    ["/rolldice?sides=1", "sides", sides],
    ["/rolldice?sides=1001", "sides", sides],
    [`/rolldice?player=${"x".repeat(65)}`, "player", "text of at most 64 characters"],
    ["/rolldice/stream?interval_ms=1001", "interval_ms", "a whole number from 0 to 1000"],
    ["/rolldice/stream?rolls=0", "rolls", rolls],
  ])("%s is 400 and names the field and its rule", async (path, field, rule) => {
    await using front = startFront();
    const response = await front.get(path);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        type: "about:blank",
        title: "Bad Request",
        status: 400,
        detail: `${field} must be ${rule}.`,
        instance: path.split("?")[0],
        trace_id: traceId,
        errors: [{ in: "query", field, rule }],
      },
    ]);
  });

  test.each(["0", "-5", "soon", "1.5", "86400001"])("request-timeout-ms: %s is 400", async (value) => {
    await using front = startFront();
    const response = await front.get("/rolldice", { headers: { "request-timeout-ms": value } });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { errors: [{ in: "header", field: "request-timeout-ms", rule: "a whole number from 1 to 86400000" }] },
    ]);
  });
});

describe("what is not there", () => {
  test("an unknown path is 404", async () => {
    await using front = startFront();
    const response = await front.get("/dice?x=1");
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { title: "Not Found", instance: "/dice", trace_id: traceId },
    ]);
  });

  test.each([
    ["POST", "/rolldice", "GET, HEAD"],
    ["OPTIONS", "/rolldice", "GET, HEAD"],
    ["DELETE", "/rolldice/", "GET, HEAD"],
    ["PROPFIND", "/rolldice", "GET, HEAD"],
    ["GET", "/rolldice/tally", "POST"],
    ["POST", "/rolldice/table", "GET"],
    ["PUT", "/openapi", "GET, HEAD"],
  ])("%s %s is 405 with Allow", async (method, path, allow) => {
    await using front = startFront();
    const response = await front.get(path, { method });
    expect([response.status, response.headers.get("allow")]).toEqual([405, allow]);
    expect(await response.json()).toMatchObject({ title: "Method Not Allowed", trace_id: traceId });
  });

  test("the table without a WebSocket is 426", async () => {
    await using front = startFront();
    const response = await front.get("/rolldice/table");
    expect([response.status, response.headers.get("upgrade")]).toEqual([426, "websocket"]);
  });

  test("HEAD is GET without the body", async () => {
    await using front = startFront();
    const response = await front.get("/healthz", { method: "HEAD" });
    expect([response.status, await response.text()]).toEqual([200, ""]);
  });
});

describe("errors of back", () => {
  test("a status with words for the caller passes them on", async () => {
    await using back = await startScriptedBack({
      roll: () => {
        throw new ServerError(Status.PERMISSION_DENIED, "mallory is not allowed to play");
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice");
    expect([response.status, await response.json()]).toEqual([
      403,
      {
        type: "about:blank",
        title: "Forbidden",
        status: 403,
        detail: "mallory is not allowed to play",
        instance: "/rolldice",
        trace_id: traceId,
        grpc_status: "PERMISSION_DENIED",
      },
    ]);
  });

  test.each([
    [Status.DEADLINE_EXCEEDED, 504, "DEADLINE_EXCEEDED"],
    [Status.INTERNAL, 500, "INTERNAL"],
    [Status.DATA_LOSS, 500, "DATA_LOSS"],
  ])("status %d is on the span by its name, and the exception has its class", async (status, httpStatus, name) => {
    await using back = await startScriptedBack({
      roll: () => {
        throw new ServerError(status, "no");
      },
    });
    await using front = startFront({ backPort: back.port });
    const response = await front.get("/rolldice");
    expect([response.status, await response.json()]).toMatchObject([httpStatus, { grpc_status: name }]);
    const server = (await front.waitForSpans(2)).find(({ kind }) => kind === "SERVER");
    expect(server?.attributes).toMatchObject({ "error.type": String(httpStatus), "rpc.status_code": name });
    expect(server?.events.map((event) => event.attributes["exception.type"])).toEqual(["ClientError"]);
  });

  test("an unexpected error of front is 500 and logged, and its message is not in the answer", async () => {
    await using real = startFront();
    const roll = () => Promise.reject(new TypeError("secret of line 42"));
    await using front = startFront({ dice: { ...real.dice, roll } });
    const response = await front.get("/rolldice");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("secret");
    expect(JSON.parse(text)).toMatchObject({ title: "Internal Server Error", trace_id: traceId });
    expect(front.logged).toEqual(["unexpected error"]);
  });
});

test("/favicon.ico is answered with 204, and creates no trace", async () => {
  await using front = startFront();
  const response = await front.get("/favicon.ico");
  expect([response.status, await response.text()]).toEqual([204, ""]);
  expect(response.headers.get("traceresponse")).toBeNull();
});

describe("probes", () => {
  test("/healthz answers without back", async () => {
    await using front = startFront();
    expect((await front.get("/healthz")).status).toBe(200);
  });

  test("/readyz says what back's health says", async () => {
    await using back = await startScriptedBack({});
    await using front = startFront({ backPort: back.port });
    expect((await front.get("/readyz")).status).toBe(200);
    back.health.setStatus("unhealthy");
    expect((await front.get("/readyz")).status).toBe(503);
    await back.stop();
    expect((await front.get("/readyz")).status).toBe(503);
  });
});

describe("documents", () => {
  test("/ links to what can be opened in a browser", async () => {
    await using front = startFront();
    const page = await (await front.get("/")).text();
    const links = [...page.matchAll(/<a href="(\/\w[^"]*)"/g)].map(([, href]) => new URL(`http://x${href}`).pathname);
    expect(new Set(links)).toEqual(
      new Set(["/rolldice", "/rolldice/stream", "/relay", "/healthz", "/readyz", "/openapi"]),
    );
    expect(page).toContain("POST /rolldice/tally");
    expect(page).toContain("WS /rolldice/table");
  });

  test("/openapi describes every route and its parameters", async () => {
    await using front = startFront();
    const document = (await (await front.get("/openapi")).json()) as OpenApiDocument;
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    expect(operations.sort()).toEqual([
      "get /healthz",
      "get /lab/traces/{id}",
      "get /readyz",
      "get /relay",
      "get /rolldice",
      "get /rolldice/stream",
      "get /rolldice/table",
      "post /rolldice/tally",
    ]);
    const parameters = document.paths["/rolldice"]?.get?.parameters ?? [];
    expect(new Set(parameters.map(({ name, in: where }) => `${where} ${name}`))).toEqual(
      new Set(["header request-timeout-ms", "query player", "query rolls", "query sides"]),
    );
  });
});

interface OpenApiDocument {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters: { name: string; in: string }[] } }>>;
}
