import { expect, test } from "bun:test";
import { requireSpans } from "./soak.ts";

const counts = { requests: 1, bytes: 1, received: 0, made: 10, dropped: 0, failed: 0 };

test.each([
  ["works", { ...counts, received: 10 }, true],
  ["works", { ...counts, failed: 10 }, false],
  ["works", { ...counts, made: 0 }, false],
  ["works", undefined, false],
  ["refuses", { ...counts, dropped: 10 }, true],
  ["refuses", { ...counts, received: 10 }, false],
] as const)("the backend %s where the counts are %j: %p", (backend, seen, isRight) => {
  const check = (): void => requireSpans(backend, seen);
  if (isRight) expect(check).not.toThrow();
  else expect(check).toThrow(`the backend ${backend}`);
});
