import { afterAll, expect, test } from "bun:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Telemetry, withSpan } from "@baton/telemetry";
import { httpServerTelemetry } from "@baton/telemetry/http";
import { startTestTelemetry, type TestSpan } from "@baton/telemetry/testing";
import { Elysia } from "elysia";

const REQUESTS = 200;
const inMemory = startTestTelemetry();
afterAll(() => inMemory.shutdown());

/** A turn of the event loop or several, so that the requests take turns in the middle of their spans. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

/** A span with nested and parallel children, each of which says which request it belongs to. */
function work(telemetry: Telemetry, request: number, depth: number): Promise<unknown> {
  return withSpan(telemetry, `work ${depth}`, { attributes: { request } }, async () => {
    await turns((request + depth) % 4);
    if (depth === 0) return;
    await Promise.all([work(telemetry, request, depth - 1), work(telemetry, request, depth - 1)]);
    await turns(1);
    await work(telemetry, request, 0);
  });
}

const traceIdOf = (request: number): string => (request + 1).toString(16).padStart(32, "0");

test(`${REQUESTS} requests at once, a third of them aborted: no orphan, no child in a foreign trace`, async () => {
  const { telemetry } = inMemory;
  const app = new Elysia()
    .use(httpServerTelemetry(telemetry))
    .get("/:request", async ({ params }) => {
      await work(telemetry, Number(params.request), 2);
      return "done";
    })
    .listen({ port: 0, hostname: "127.0.0.1" });
  const url = app.server?.url ?? "";

  const answered = await Promise.all(
    Array.from({ length: REQUESTS }, async (_, request) => {
      const abort = new AbortController();
      const headers = { traceparent: `00-${traceIdOf(request)}-00f067aa0ba902b7-01` };
      const answer = fetch(new URL(`/${request}`, url), { headers, signal: abort.signal }).then(
        (response) => response.text(),
        () => "aborted",
      );
      if (request % 3 === 0) void turns(request % 17).then(() => abort.abort());
      return answer;
    }),
  );
  // 10 spans of work for each request that the server saw; one that was aborted before it was sent leaves none.
  const complete = (spans: readonly TestSpan[]) => {
    const servers = spans.filter(({ kind }) => kind === "SERVER").length;
    return servers >= answered.filter((text) => text === "done").length && spans.length === servers * 11;
  };
  const spans = await inMemory.waitForSpans(complete);
  await app.stop(true);

  expect(answered.filter((text) => text === "done").length).toBeGreaterThan(REQUESTS / 2);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const orphans = spans.filter(({ kind, parentSpanId = "" }) => kind !== "SERVER" && !ids.has(parentSpanId));
  expect(orphans).toEqual([]);
  const traceBySpan = new Map(spans.map(({ spanId, traceId }) => [spanId, traceId]));
  const foreign = spans.filter(({ kind, attributes, traceId, parentSpanId = "" }) =>
    kind === "SERVER"
      ? traceId !== traceIdOf(Number(String(attributes["url.path"]).slice(1)))
      : traceId !== traceIdOf(Number(attributes.request)) || traceBySpan.get(parentSpanId) !== traceId,
  );
  expect(foreign).toEqual([]);
});
