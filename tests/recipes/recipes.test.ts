/** Each recipe of docs/recipes.md, run as it stands there. */
import { afterAll, describe, expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import { type RecipeSpan, startRecipeRunner } from "./run-recipe.ts";
import { recipesPage, withCurrentCode } from "./write-docs.ts";

const runner = await startRecipeRunner();
afterAll(() => runner[Symbol.asyncDispose]());

test("attributes and events are on the span that was active", async () => {
  await runner.run("attributes-and-events.ts");

  expect(find(await runner.spans("checkout"), "fill cart")).toMatchObject({
    attributes: { "cart.currency": "EUR", "cart.item": "board game", "cart.price": 120 },
    events: [{ event: "expensive item", "cart.price": 120 }],
  });
});

test("a job links to the traces that it works on", async () => {
  await runner.run("links.ts");

  const spans = await runner.spans("reports");
  const orders = [find(spans, "order 1"), find(spans, "order 2")];
  const report = find(spans, "daily report");
  expect(report.links).toEqual(orders.map(({ spanId }) => spanId));
  expect(report).not.toHaveProperty("parent");
  expect(new Set([...orders, report].map(({ traceId }) => traceId)).size).toBe(3);
});

test("own metrics arrive with their unit, attributes and buckets", async () => {
  await runner.run("own-metrics.ts");

  const metrics = await runner.metrics("warehouse");
  expect(metrics.find(({ name }) => name === "warehouse.parcels")).toMatchObject({
    unit: "{parcel}",
    series: [{ attributes: [{ key: "warehouse.country", value: "DE" }], value: 3 }],
  });
  expect(metrics.find(({ name }) => name === "warehouse.parcel.weight")).toMatchObject({
    unit: "kg",
    series: [{ count: 3, sum: 13.8, bounds: [0.5, 1, 2, 5, 10, 20], counts: [1, 0, 1, 0, 0, 1, 0] }],
  });
});

test("a ratio of 0.1 records about one trace of ten, each one whole", async () => {
  await runner.run("sampling.ts");

  const spans = await runner.spans("thermometer");
  const roots = spans.filter(({ name }) => name === "measure");
  // 1000 traces, 100 of them expected; less than 40 or more than 160 is once in a billion runs.
  expect(roots.length).toBeGreaterThan(40);
  expect(roots.length).toBeLessThan(160);
  expect(spans.filter(({ parent }) => parent === "measure")).toHaveLength(roots.length);
});

test("a hosted backend is sent its headers, a compressed body and the resource", async () => {
  const { promise: received, resolve } = Promise.withResolvers<{ headers: Headers; body: string }>();
  await using backend = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = new TextDecoder("latin1").decode(Bun.gunzipSync(await request.arrayBuffer()));
      if (request.url.endsWith("/v1/traces")) resolve({ headers: request.headers, body });
      return new Response();
    },
  });
  await runner.run("attributes-and-events.ts", {
    ...(await variablesOf("hosted-backend.env")),
    OTEL_EXPORTER_OTLP_ENDPOINT: backend.url.origin,
  });

  const { headers, body } = await received;
  expect(headers.get("authorization")).toBe("Bearer my-key");
  expect(headers.get("x-tenant")).toBe("shop");
  expect(headers.get("content-encoding")).toBe("gzip");
  expect(body).toContain("deployment.environment.name");
});

test("under `bun test` nothing is recorded, and elsewhere it is", async () => {
  expect(await runner.run("off-in-tests.ts", { NODE_ENV: "test" })).toMatch(/^3$/m);
  expect(await runner.spans("quiet")).toEqual([]);

  expect(await runner.run("off-in-tests.ts")).toMatch(/^3$/m);
  expect(await runner.spans("quiet")).toMatchObject([{ name: "add" }]);
});

test("a message carries its trace through the queue", async () => {
  await runner.run("queue.ts");

  const spans = await runner.spans("mailer");
  const producer = find(spans, "send mails");
  expect(producer.kind).toBe("producer");
  expect(find(spans, "process mails")).toMatchObject({
    kind: "consumer",
    parent: "send mails",
    traceId: producer.traceId,
  });
});

test("a query is a CLIENT span with the text and no value", async () => {
  expect(await runner.run("sql.ts")).toContain("Emma");

  const query = find(await runner.spans("library"), "SELECT books");
  expect(query).toMatchObject({
    kind: "client",
    parent: "old books",
    attributes: { "db.system.name": "sqlite", "db.response.returned_rows": 1 },
  });
  expect(JSON.stringify(query)).not.toContain("1900");
});

test("lines of an existing pino logger carry the ids of the active span", async () => {
  const output = await runner.run("existing-pino.ts");

  const lines = output.split("\n").flatMap((line) => (line.includes('"pid"') ? [JSON.parse(line)] : []));
  const { traceId, spanId } = find(await runner.spans("printer"), "print page");
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatchObject({ msg: "printed", page: 3, trace_id: traceId, span_id: spanId });
  expect(lines[1]).not.toHaveProperty("trace_id");
});

test.each([
  ["bun-serve.ts", "bakery", "/bread", "/bread/:name"],
  ["hono.ts", "gallery", "/paintings", "/paintings/:id"],
])("%s: one SERVER span for each request, named by its route", async (file, service, path, route) => {
  await runner.serve(file, async (url) => {
    expect((await fetch(new URL(`${path}/7`, url))).headers.get("traceresponse")).toMatch(/^00-/);
    expect((await fetch(new URL("/nowhere", url))).status).toBe(404);
  });

  const spans = await runner.spans(service);
  expect(spans).toHaveLength(2);
  expect(find(spans, `GET ${route}`)).toMatchObject({
    kind: "server",
    attributes: { "http.route": route, "http.response.status_code": 200 },
  });
  expect(find(spans, "GET")).toMatchObject({ kind: "server", attributes: { "http.response.status_code": 404 } });
});

test("with an SDK that is there already, spans of this package and of any library meet in one trace", async () => {
  await runner.run("existing-sdk.ts");

  const spans = await runner.spans("museum");
  const { traceId } = find(spans, "open doors");
  expect(find(spans, "switch on lights")).toMatchObject({ parent: "open doors", traceId });
});

describe("docs/recipes.md", () => {
  test("shows each recipe as it is", async () => {
    const page = await readFile(recipesPage, "utf8");
    expect(await withCurrentCode(page)).toBe(page);
  });

  test("shows all of them", async () => {
    const helpers = ["recipes.test.ts", "run-recipe.ts", "write-docs.ts"];
    const recipes = (await readdir(import.meta.dir)).filter((file) => !helpers.includes(file));
    const page = await readFile(recipesPage, "utf8");
    expect(recipes.filter((file) => !page.includes(`(../tests/recipes/${file})`))).toEqual([]);
  });
});

/** @throws When there is none, or more than one. */
function find(spans: readonly RecipeSpan[], name: string): RecipeSpan {
  const [span, ...more] = spans.filter((each) => each.name === name);
  if (span === undefined || more.length > 0) {
    throw new Error(`There must be one span "${name}", in: ${spans.map((each) => each.name).join(", ")}`);
  }
  return span;
}

async function variablesOf(file: string): Promise<Record<string, string>> {
  const lines = (await readFile(new URL(file, import.meta.url), "utf8")).split("\n");
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
}
