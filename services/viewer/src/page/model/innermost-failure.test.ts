import { expect, test } from "bun:test";
import { innermostFailure } from "./innermost-failure.ts";
import { readRows } from "./rows.ts";
import { spanOf } from "./testing/span.ts";

const failed = { status: "error" } as const;

test("of a chain of failed spans the deepest, whatever is below it", () => {
  const spans = [
    spanOf("server", undefined, failed),
    spanOf("other", "server", failed),
    spanOf("client", "server", failed),
    spanOf("callee", "client", failed),
    spanOf("below", "callee", {}),
  ];
  expect(innermostFailure(readRows({ traceId: "t", spans }).rows)?.span.spanId).toBe("callee");
});

test("none where nothing failed", () => {
  expect(innermostFailure(readRows({ traceId: "t", spans: [spanOf("a", undefined, {})] }).rows)).toBeUndefined();
});
