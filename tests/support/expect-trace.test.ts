import { afterAll, expect, test } from "bun:test";
import { startCallerSpan } from "@baton/demo/caller";
import { startViewer } from "@baton/viewer";
import { expectTrace } from "./expect-trace.ts";

const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
afterAll(viewer.stop);

const expected = { service: "demo", kind: "client", name: "GET" } as const;
const briefly = { timeoutMs: 100 };

test("waits for a trace that is still on its way", async () => {
  const span = startCallerSpan("GET");
  const found = expectTrace(viewer.url, span.traceId, expected);
  await span.end(viewer.otlpUrl);
  await found;
});

test("says what differs and prints the tree that it found", async () => {
  const span = startCallerSpan("POST");
  await span.end(viewer.otlpUrl);
  const failure: Error = await expectTrace(viewer.url, span.traceId, expected, briefly).catch((error) => error);
  expect(failure.message).toContain("- missing: demo CLIENT GET\n- not expected: demo CLIENT POST\nFound: \ntrace ");
  expect(failure.message).toMatch(/demo {2}POST +CLIENT/);
});

test("says that there is no such trace", async () => {
  const id = "0123456789abcdef0123456789abcdef";
  expect(expectTrace(viewer.url, id, expected, briefly)).rejects.toThrow(`no trace ${id} at ${viewer.url}`);
});
