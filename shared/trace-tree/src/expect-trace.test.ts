/** With spans in memory; tests/e2e/expect-trace.test.ts does the same against a viewer and a Jaeger. */
import { expect, test } from "bun:test";
import { expectTrace } from "./expect-trace.ts";
import type { RecordedSpan } from "./recorded-span.ts";

function span(spanId: string, changes: Partial<RecordedSpan> = {}): RecordedSpan {
  return {
    traceId: "t",
    spanId,
    name: spanId,
    kind: "INTERNAL",
    status: "UNSET",
    attributes: {},
    events: [],
    links: [],
    startTimeMs: 1000,
    durationMs: 1,
    ...changes,
  };
}

const server = span("GET /", {
  kind: "SERVER",
  status: "ERROR",
  attributes: { "http.route": "/", tags: ["a", "b"], none: undefined },
  service: "front",
});
const client = span("GET", {
  kind: "CLIENT",
  parentSpanId: "GET /",
  events: [{ name: "exception" }],
  service: "front",
});
const expectedClient = { service: "front", kind: "client", name: "GET", events: ["exception"] } as const;
const expected = {
  service: "front",
  kind: "server",
  name: "GET /",
  status: "error",
  attributes: { "http.route": "/", tags: '["a","b"]', none: null },
  children: [expectedClient],
} as const;

const failureOf = (work: Promise<void>): Promise<string> =>
  work.then(
    () => "it passed",
    (error: Error) => error.message,
  );

test("reads every field of a recorded span", async () => {
  await expectTrace({ spans: [server, client] }, expected);
});

test.each([
  ["name", { name: "POST" }, "missing: front SERVER GET / > front CLIENT GET"],
  ["kind", { kind: "SERVER" }, "missing: front SERVER GET / > front CLIENT GET"],
  ["status", { status: "OK" }, "front SERVER GET / > front CLIENT GET: status is ok, expected unset"],
  ["service", { service: "back" }, "missing: front SERVER GET / > front CLIENT GET"],
  ["events", { events: [] }, "front SERVER GET / > front CLIENT GET: events are [], expected [exception]"],
  ["parent", { parentSpanId: undefined }, "not expected: front CLIENT GET"],
])("fails when the %s differs", async (_field, change, difference) => {
  const message = await failureOf(expectTrace({ spans: [server, { ...client, ...change }] }, expected));
  expect(message).toContain(`\n- ${difference}`);
  expect(message).toContain("\nFound:\ntrace t · 2 spans · ");
});

test("fails when spans that are equal otherwise are joined by the wrong span", async () => {
  const wrong = span("wrong", { kind: "SERVER", service: "back", parentSpanId: "GET /" });
  const backSpan = { service: "back", kind: "server", name: "wrong" } as const;
  const message = await failureOf(
    expectTrace({ spans: [server, client, wrong] }, { ...expected, children: [expectedClient, backSpan] }),
  );
  expect(message).toContain("- back: wrong (SERVER) hangs under front: GET / (SERVER)");
});

test("waits for spans that end later, when it is given a function", async () => {
  const ended: RecordedSpan[] = [server];
  const found = expectTrace({ spans: () => ended }, expected);
  setTimeout(() => ended.push(client));
  await found;
});

test("gives up when the time is over", async () => {
  const failing = expectTrace({ spans: () => [server] }, expected, { timeoutMs: 30 });
  expect(await failureOf(failing)).toContain("- missing: front SERVER GET / > front CLIENT GET");
});

test("compares a list at once, because it cannot change", async () => {
  expect(await failureOf(expectTrace({ spans: [] }, expected, { timeoutMs: 60_000 }))).toBe(
    "Trace (without an id) is not the expected one:\n- no span of any trace in memory",
  );
});

test("of several traces it needs the id of one", async () => {
  const spans = [server, client, span("other", { traceId: "u" })];
  expect(await failureOf(expectTrace({ spans }, expected))).toBe(
    "traceId: must name one of the 2 traces in memory: t, u",
  );
  await expectTrace({ spans, traceId: "t" }, expected);
  expect(await failureOf(expectTrace({ spans, traceId: "v" }, expected))).toContain("no span of trace v in memory");
});

test("a span that names no service is of the service test", async () => {
  await expectTrace({ spans: [span("alone")] }, { service: "test", kind: "internal", name: "alone" });
});
