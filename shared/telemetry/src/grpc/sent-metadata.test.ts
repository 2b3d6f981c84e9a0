import { expect, test } from "bun:test";
import fc from "fast-check";
import { Metadata } from "nice-grpc-common";
import { SentMetadata, sentMetadataSetter } from "./sent-metadata.ts";

const key = fc.constantFrom("a", "A", "x-b", "c-bin", "C-Bin", "not valid");
const value = fc.oneof(fc.constantFrom("1", "two", "\u00e9"), fc.constant(Uint8Array.of(1, 2)));
const values = fc.oneof(value, fc.array(value, { maxLength: 3 }));
const change = fc.oneof(
  fc.record({ how: fc.constant("set" as const), key, values }),
  fc.record({ how: fc.constant("append" as const), key, values: value }),
  fc.record({ how: fc.constant("delete" as const), key, values: fc.constant("") }),
);

/** Does the same to both; answers what it threw, if it did. */
function apply(metadata: Metadata, { how, key, values }: { how: string; key: string; values: unknown }): unknown {
  try {
    if (how === "delete") metadata.delete(key);
    else if (how === "set") expect(metadata.set(key, values as string)).toBe(metadata);
    else expect(metadata.append(key, values as string)).toBe(metadata);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

test("reads and writes as nice-grpc's own, whatever is done to it, and leaves what was passed alone", () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 8 }), fc.array(change, { maxLength: 8 }), (before, after) => {
      const passed = Metadata();
      for (const one of before) apply(passed, one);
      const as = [...passed].map(([name, all]) => [name, [...all]]);
      // Lists of its own: nice-grpc appends binary values to the list that it was given.
      const theirs = Metadata([...passed].map(([name, all]) => [name, [...all]]));
      const ours = new SentMetadata(passed);
      for (const one of after) expect(apply(ours, one)).toBe(apply(theirs, one));
      expect([...ours]).toEqual([...theirs]);
      for (const name of ["a", "A", "x-B", "c-bin", "C-BIN", "never"]) {
        expect([ours.get(name), ours.getAll(name), ours.has(name)]).toEqual([
          theirs.get(name),
          theirs.getAll(name),
          theirs.has(name),
        ]);
      }
      expect([...passed]).toEqual(as as never);
    }),
    { numRuns: 500 },
  );
});

test("a tracestate that is left over from another traceparent does not go on", () => {
  const metadata = new SentMetadata(Metadata({ traceparent: "old", tracestate: "OLD", other: "stays" }));
  sentMetadataSetter.set(metadata, "traceparent", "new");
  expect(Object.fromEntries(metadata)).toEqual({ traceparent: ["new"], other: ["stays"] });
  sentMetadataSetter.set(metadata, "tracestate", "a=1");
  expect(metadata.get("tracestate")).toBe("a=1");
  sentMetadataSetter.set(metadata, "other-bin", "text");
  expect(metadata.has("other-bin")).toBe(false);
});
