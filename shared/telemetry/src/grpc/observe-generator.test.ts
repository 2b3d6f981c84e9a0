import { expect, test } from "bun:test";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { type CallEnd, observeGenerator } from "./observe-generator.ts";

async function* work(): AsyncGenerator<number, string, undefined> {
  yield 1;
  return "done";
}

test("what ending the span throws does not reach the call", async () => {
  const ends: CallEnd[] = [];
  const call = observeGenerator<number, string>(() => ({
    generator: work(),
    context: ROOT_CONTEXT,
    end: (end) => {
      ends.push(end);
      throw new Error("a span processor's mistake");
    },
  }));
  expect([await call.next(), await call.next(), await call.next()]).toEqual([
    { done: false, value: 1 },
    { done: true, value: "done" },
    { done: true, value: undefined as never },
  ]);
  expect(ends).toEqual([{ how: "returned" }]);
});

test("the end is told before whoever asked for the step goes on", async () => {
  const order: string[] = [];
  const call = observeGenerator<number, string>(() => ({
    generator: work(),
    context: ROOT_CONTEXT,
    end: ({ how }) => order.push(how),
  }));
  await call.next();
  await call.next();
  order.push("the caller");
  expect(order).toEqual(["returned", "the caller"]);
});
