/** Arbitrary bytes in these headers: nothing throws, the response stays the same, and no invalid header goes out. */
import { afterAll, describe, expect, test } from "bun:test";
import { type HeaderLines, parentId, traceId, traceparent } from "@baton/doctor/cases";
import { startTestTelemetry } from "@baton/telemetry/testing";
import { type Context, propagation, ROOT_CONTEXT, type TraceState, trace } from "@opentelemetry/api";
import { Elysia } from "elysia";
import fc from "fast-check";
import { startGrpcIn, startHttpIn } from "./boundaries/incoming.ts";
import { startGrpcOut, startHttpOut } from "./boundaries/outgoing.ts";
import { rawRequest } from "./support/raw-http.ts";

const { telemetry, shutdown } = startTestTelemetry();
const httpIn = startHttpIn(telemetry);
const [grpcIn, httpOut, grpcOut] = await Promise.all([
  startGrpcIn(telemetry),
  startHttpOut(telemetry),
  startGrpcOut(telemetry),
]);
const plain = new Elysia().get("/", () => "plain").listen({ port: 0, hostname: "127.0.0.1" });

afterAll(async () => {
  for (const boundary of [httpIn, grpcIn, httpOut, grpcOut]) await boundary.stop();
  await plain.stop(true);
  await shutdown();
});

const runs = { numRuns: 150 };
const name = fc.constantFrom("traceparent", "tracestate", "baggage");
const likely = fc.constantFrom(
  traceparent,
  `cc-${traceId}-${parentId}-ff-x`,
  "a=1,b=2",
  "a=1,B=2",
  "k=v;p=1,=,é",
  `${"z".repeat(300)}=1`,
);
/** Every byte but the ones that end a header line. */
const bytes = fc
  .array(fc.integer({ min: 1, max: 255 }), { maxLength: 80 })
  .map((codes) => String.fromCharCode(...codes).replace(/[\r\n]/g, ""));
const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });

function expectOnlyValid(sent: HeaderLines): void {
  const values = (wanted: string) =>
    sent.filter(([header]) => header.toLowerCase() === wanted).map(([, value]) => value);
  expect(values("traceparent")).toHaveLength(1);
  expect(values("traceparent")[0]).toMatch(/^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-0[0-3]$/);
  for (const list of values("tracestate")) {
    for (const member of list.split(",")) expect(member).toMatch(/^[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -~]{0,255}[!-~]$/);
  }
  for (const list of values("baggage")) {
    for (const member of list.split(",")) expect(member).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+=[!#-~]*$/);
    expect(list.length).toBeLessThanOrEqual(8192);
  }
}

describe("what comes in", () => {
  test("over HTTP: our server answers whatever a server without telemetry answers", async () => {
    const headers = fc.array(fc.tuple(name, fc.oneof(likely, bytes)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(headers, async (lines) => {
        const { status } = await rawRequest(plain.server?.port ?? 0, "GET /", lines);
        // The HTTP parser itself refuses some bytes.
        const sent = await httpIn.pass(lines).catch((error: Error) => error.message);
        if (typeof sent === "string") expect(sent).toBe(`HTTP ${status}`);
        else {
          expect(status).toBe(200);
          expectOnlyValid(sent);
        }
      }),
      runs,
    );
  });

  test("over gRPC: the call succeeds", async () => {
    const headers = fc.array(
      fc.tuple(
        name,
        fc.oneof(
          likely.filter((value) => !value.includes("é")),
          printable,
        ),
      ),
      {
        maxLength: 4,
      },
    );
    await fc.assert(
      fc.asyncProperty(headers, async (lines) => expectOnlyValid(await grpcIn.pass(lines))),
      runs,
    );
  });
});

describe("what an application puts into the context", () => {
  const anyText = fc.oneof(fc.string({ unit: "binary" }), printable, likely);
  const foreign = (text: string): TraceState => ({
    get: () => undefined,
    set: () => foreign(text),
    unset: () => foreign(text),
    serialize: () => text,
  });
  const contexts = fc
    .record({
      tracestate: anyText,
      flags: fc.integer({ min: 0, max: 255 }),
      baggage: fc.dictionary(anyText, anyText, { maxKeys: 5 }),
    })
    .map(({ tracestate, flags, baggage }): Context => {
      const entries = Object.entries(baggage).map(([key, value]) => [key, { value }] as const);
      const withSpan = trace.setSpanContext(ROOT_CONTEXT, {
        traceId,
        spanId: parentId,
        traceFlags: flags,
        traceState: foreign(tracestate),
      });
      return propagation.setBaggage(withSpan, propagation.createBaggage(Object.fromEntries(entries)));
    });

  test.each([httpOut, grpcOut].map((boundary) => [boundary.name, boundary] as const))("%s", async (_name, boundary) => {
    await fc.assert(
      fc.asyncProperty(contexts, async (context) => expectOnlyValid(await boundary.send(context))),
      runs,
    );
  });
});
