import { expect, test } from "bun:test";
import { ROOT_CONTEXT } from "@opentelemetry/api";
import { observeStream, type StreamEnd } from "./stream.ts";

async function* work(): AsyncGenerator<number, string, undefined> {
  yield 1;
  return "done";
}

test("what ending the span throws does not reach the call", async () => {
  const ends: StreamEnd[] = [];
  const call = observeStream<number, string>(() => ({
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

test("a call that is left before its first step does not begin", async () => {
  let begun = 0;
  const observe = () =>
    observeStream<number, string>(() => {
      begun += 1;
      return { generator: work(), context: ROOT_CONTEXT, end: () => {} };
    });
  const [returned, thrown] = [observe(), observe()];
  expect([await returned.return("left"), await returned.next()]).toEqual([
    { done: true, value: "left" },
    { done: true, value: undefined as never },
  ]);
  const error = new Error("left");
  expect(await thrown.throw(error).catch((caught: unknown) => caught)).toBe(error);
  expect(await thrown.next()).toEqual({ done: true, value: undefined as never });
  expect(begun).toBe(0);
});

test("the end is reported before the caller of the step goes on", async () => {
  const order: string[] = [];
  const call = observeStream<number, string>(() => ({
    generator: work(),
    context: ROOT_CONTEXT,
    end: ({ how }) => order.push(how),
  }));
  await call.next();
  await call.next();
  order.push("the caller");
  expect(order).toEqual(["returned", "the caller"]);
});
