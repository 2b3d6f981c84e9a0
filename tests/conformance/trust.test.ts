/** The `trust` option and the allow-lists, over HTTP and over gRPC: what a server takes from a caller, and what it sends. */
import { afterAll, beforeEach, describe, expect, test } from "bun:test";
import { type HeaderLines, parentId, traceId } from "@baton/doctor/cases";
import { tracedFetch } from "@baton/telemetry/http";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { startGrpcIn, startHttpIn } from "./boundaries/incoming.ts";
import { startHttpOut } from "./boundaries/outgoing.ts";
import { startRawServer } from "./support/raw-http.ts";

const memory = startTestTelemetry({ baggage: { allowIn: ["kept", "inner"], allowOut: ["kept"] } });
const { telemetry } = memory;
const restart = [startHttpIn(telemetry, { trust: "restart" }), await startGrpcIn(telemetry, { trust: "restart" })];
const keepBaggage = [
  startHttpIn(telemetry, { trust: "restart-keep-baggage" }),
  await startGrpcIn(telemetry, { trust: "restart-keep-baggage" }),
];
const ignore = [startHttpIn(telemetry, { trust: "ignore" }), await startGrpcIn(telemetry, { trust: "ignore" })];
const out = await startHttpOut(telemetry);

beforeEach(() => memory.reset());

afterAll(async () => {
  for (const boundary of [...restart, ...keepBaggage, ...ignore, out]) await boundary.stop();
  await memory.shutdown();
});

const sent: HeaderLines = [
  ["traceparent", `00-${traceId}-${parentId}-00`],
  ["tracestate", "a=1"],
  ["baggage", "kept=1,inner=2,dropped=3"],
];

async function lastSpan() {
  const [span] = await memory.waitForSpans(1);
  if (span === undefined) throw new Error("no span");
  return span;
}

describe.each(restart.map((boundary) => [boundary.name, boundary] as const))("%s, restart", (_name, boundary) => {
  test("a new trace links to the caller's span; nothing else of the caller goes on", async () => {
    const headers = Object.fromEntries(await boundary.pass(sent));
    const span = await lastSpan();
    expect(span.parentSpanId).toBeUndefined();
    expect(span.traceId).not.toBe(traceId);
    expect(span.links.map((link) => link.context)).toMatchObject([{ traceId, spanId: parentId }]);
    // Sampled by our own decision, although the caller's flags said no.
    expect(headers).toEqual({ traceparent: `00-${span.traceId}-${span.spanId}-03` });
  });

  test("there is no link to an invalid caller", async () => {
    await boundary.pass([["traceparent", "invalid"]]);
    expect((await lastSpan()).links).toEqual([]);
  });
});

describe.each(keepBaggage.map((boundary) => [boundary.name, boundary] as const))(
  "%s, restart-keep-baggage",
  (_name, boundary) => {
    test("a new trace links to the caller's span; only its allowed baggage goes on", async () => {
      const headers = Object.fromEntries(await boundary.pass(sent));
      const span = await lastSpan();
      expect(span.traceId).not.toBe(traceId);
      expect(span.links.map((link) => link.context)).toMatchObject([{ traceId, spanId: parentId }]);
      expect(headers).toEqual({ traceparent: `00-${span.traceId}-${span.spanId}-03`, baggage: "kept=1" });
    });
  },
);

describe.each(ignore.map((boundary) => [boundary.name, boundary] as const))("%s, ignore", (_name, boundary) => {
  test("nothing is taken over, not even a link", async () => {
    const headers = Object.fromEntries(await boundary.pass(sent));
    const span = await lastSpan();
    expect(span).toMatchObject({ parentSpanId: undefined, links: [] });
    expect(headers).toEqual({ traceparent: `00-${span.traceId}-${span.spanId}-03` });
  });
});

describe("HTTP out", () => {
  test("baggage that is not on the list is not sent", async () => {
    expect(Object.fromEntries(await out.pass(sent)).baggage).toBe("kept=1");
  });

  test("a host that is not on the list gets no header of ours", async () => {
    const peer = await startRawServer();
    const fetch = tracedFetch(telemetry, { propagateTo: ["example.com"] });
    await context.with(ROOT_CONTEXT, fetch, undefined, peer.url);
    const names = peer.take().flatMap(({ headers }) => headers.map(([name]) => name.toLowerCase()));
    peer.stop();
    expect(names).toContain("host");
    for (const name of ["traceparent", "tracestate", "baggage"]) expect(names).not.toContain(name);
  });
});
