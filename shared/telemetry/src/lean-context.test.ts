import { expect, test } from "bun:test";
import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import fc from "fast-check";
import { EMPTY_CONTEXT } from "./lean-context.ts";

const keys = Array.from({ length: 24 }, (_, index) => createContextKey(`key ${index}`));

test("it holds what a context of the API holds, whatever was set and deleted before", () => {
  const step = fc.record({ key: fc.constantFrom(...keys), value: fc.option(fc.integer()) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const run = (start: Context): Context =>
        steps.reduce((at, { key, value }) => (value === null ? at.deleteValue(key) : at.setValue(key, value)), start);
      const [own, expected] = [run(EMPTY_CONTEXT), run(ROOT_CONTEXT)];
      expect(keys.map((key) => own.getValue(key))).toEqual(keys.map((key) => expected.getValue(key)));
    }),
  );
});

test("a context that is set for ever neither grows nor slows down", () => {
  const [first, second] = keys as [symbol, symbol];
  let at = EMPTY_CONTEXT;
  for (let index = 0; index < 200_000; index++) at = at.setValue(first, index).setValue(second, index);
  expect([at.getValue(first), at.getValue(second), at.getValue(createContextKey("none"))]).toEqual([
    199_999,
    199_999,
    undefined,
  ]);
});

test("the context that it was made of does not change", () => {
  const [key] = keys as [symbol];
  const one = EMPTY_CONTEXT.setValue(key, 1);
  one.setValue(key, 2);
  one.deleteValue(key);
  expect([one.getValue(key), EMPTY_CONTEXT.getValue(key)]).toEqual([1, undefined]);
});
