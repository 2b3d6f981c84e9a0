/** Limits of Bun and Elysia that docs/spans.md names. A test turns red when its limit is gone. */
import { afterEach, expect, test } from "bun:test";
import { type AnyElysia, Elysia } from "elysia";
import { startTestTelemetry } from "../testing.ts";
import { httpServerTelemetry } from "./elysia.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0)) await one();
});

function listen(build: (plugin: ReturnType<typeof httpServerTelemetry>) => AnyElysia) {
  const memory = startTestTelemetry();
  const app = build(httpServerTelemetry(memory.telemetry)).listen({ port: 0, hostname: "127.0.0.1" });
  undo.push(
    () => app.stop(true),
    () => memory.shutdown(),
  );
  if (app.server === null) throw new Error("the app did not start");
  return { ...memory, url: app.server.url };
}

test("the routes in `serve: { routes }` are served by Bun, without a span", async () => {
  const { url, spans, waitForSpans } = listen((plugin) =>
    new Elysia({ serve: { routes: { "/bun": () => new Response("x") } } }).use(plugin).get("/elysia", "x"),
  );
  expect(await (await fetch(new URL("/bun", url))).text()).toBe("x");
  await (await fetch(new URL("/elysia", url))).text();
  await waitForSpans(1);
  expect(spans().map(({ name }) => name)).toEqual(["GET /elysia"]);
});

test("Elysia does not report an error in the middle of one of its generator handlers", async () => {
  const { url, waitForSpans } = listen((plugin) =>
    new Elysia().use(plugin).get("/numbers", async function* () {
      yield "1";
      throw new Error("the source broke");
    }),
  );
  await (await fetch(new URL("/numbers", url))).text().catch(() => {});
  const [span] = await waitForSpans(1);
  expect([span?.attributes["http.response.status_code"], span?.status]).toEqual([200, "UNSET"]);
});

test("Bun has no API for the HTTP version of a request", async () => {
  let members: string[] = [];
  const server = Bun.serve({
    port: 0,
    fetch: (request, own) => {
      members = [request, own].flatMap((object) => [
        ...Object.keys(object),
        ...Object.keys(Object.getPrototypeOf(object)),
      ]);
      return new Response("x");
    },
  });
  undo.push(() => server.stop(true));
  await (await fetch(server.url)).text();
  expect(members.length).toBeGreaterThan(0);
  expect(members.filter((name) => /version|protocol$/i.test(name) && name !== "protocol")).toEqual([]);
});

test("a text Response as a route, in place of a handler, gets another content type with any plugin that has hooks", async () => {
  const { url } = listen((plugin) => new Elysia().use(plugin).get("/text", new Response("x")));
  expect((await fetch(new URL("/text", url))).headers.get("content-type")).toBe("application/octet-stream");
});

/** Looking for one would cost what the type saves: see `sourceOf()`. */
test("a file with the type of a problem or of server-sent events is not known as a file", async () => {
  const typed = (file: string, type: string) => new Response(Bun.file(file), { headers: { "content-type": type } });
  const { url, reset, waitForSpans } = listen((plugin) =>
    new Elysia()
      .use(plugin)
      .get("/text", () => typed(import.meta.path, "text/plain"))
      .get("/problem", () => typed(import.meta.path, "application/problem+json"))
      .get("/events", () => typed(import.meta.path, "text/event-stream")),
  );
  const statuses = async (path: string) => {
    reset();
    const { status } = await fetch(new URL(path, url), { headers: { range: "bytes=0-2" } });
    const [span] = await waitForSpans(1);
    return [status, span?.attributes["http.response.status_code"]];
  };
  expect(await statuses("/text")).toEqual([206, 206]);
  expect(await statuses("/problem")).toEqual([206, 200]);
  expect(await statuses("/events")).toEqual([200, 200]);
});
