import { expect, test } from "bun:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Context, createContextKey, ROOT_CONTEXT } from "@opentelemetry/api";
import fc from "fast-check";
import { LEAN_ROOT } from "./lean-context.ts";

const keys = ["a", "b", "c", "d"].map(createContextKey);

test("any sequence of changes reads as with the API's own context, and changes no earlier one", () => {
  const change = fc.record({ key: fc.nat(3), value: fc.option(fc.nat()), at: fc.nat() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const pairs: (readonly [Context, Context])[] = [[LEAN_ROOT, ROOT_CONTEXT]];
      for (const { key, value, at } of changes) {
        const name = keys[key] as symbol;
        // Mostly the newest, so that chains become long.
        const from = pairs[at % 4 === 0 ? at % pairs.length : pairs.length - 1] as (typeof pairs)[number];
        const next = from.map((one) => (value === null ? one.deleteValue(name) : one.setValue(name, value)));
        pairs.push(next as [Context, Context]);
      }
      for (const [lean, api] of pairs) {
        for (const key of keys) expect(lean.getValue(key)).toBe(api.getValue(key) as never);
      }
    }),
  );
});

/** A long chain that began with a value of its own, which is overwritten on the way. */
function lengthened(): { readonly context: Context; readonly first: WeakRef<object> } {
  const value = {};
  let context = LEAN_ROOT.setValue(keys[0] as symbol, value);
  for (let index = 0; index < 1000; index++) context = context.setValue(keys[index % 2] as symbol, index);
  return { context, first: new WeakRef(value) };
}

test("chains that are lengthened for ever hold on to nothing", async () => {
  const chains = Array.from({ length: 100 }, lengthened);
  // A WeakRef holds its target until the end of the job that made it.
  await nextTurn();
  Bun.gc(true);
  expect(chains.every(({ context }) => context.getValue(keys[1] as symbol) === 999)).toBe(true);
  // The collector reads the stack conservatively, so a few may look alive; held by the chains it would be all.
  expect(chains.filter(({ first }) => first.deref() !== undefined).length).toBeLessThan(20);
});
