import { describe, expect, test } from "bun:test";
import {
  baggageEntryMetadataFromString,
  type Context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  propagation,
  ROOT_CONTEXT,
} from "@opentelemetry/api";
import fc from "fast-check";
import { suppressTracing } from "../suppression.ts";
import { type BaggagePropagatorOptions, createBaggagePropagator } from "./baggage.ts";

const extract = (baggage: string | string[], options?: BaggagePropagatorOptions) =>
  createBaggagePropagator(options).extract(ROOT_CONTEXT, { baggage }, defaultTextMapGetter);

function inject(context: Context, options?: BaggagePropagatorOptions): string | undefined {
  const headers: Record<string, string> = {};
  createBaggagePropagator(options).inject(context, headers, defaultTextMapSetter);
  return headers.baggage;
}

const through = (baggage: string | string[]) => inject(extract(baggage));
const entry = (context: Context, key: string) => propagation.getBaggage(context)?.getEntry(key);

describe("members that are carried (Baggage, 3.3.1)", () => {
  test.each([
    ["k=v", "k=v", "one"],
    ["a=1,b=2,10=3,9=4", "a=1,b=2,10=3,9=4", "order kept"],
    [" a =\t1 , b= 2 ", "a=1,b=2", "optional white space"],
    ["a=,b=2", "a=,b=2", "an empty value"],
    ["a=1=2==", "a=1=2==", "equals signs in a value"],
    ["a=1 ; p ; q = 2;r=", "a=1;p;q=2;r=", "properties"],
    ["a=%20%C3%A9%2F", "a=%20%C3%A9%2F", "percent-encoding, as it came"],
    ["a=!#$&'()*+-./:<=>?@[]^_`{|}~", "a=!#$&'()*+-./:<=>?@[]^_`{|}~", "every baggage-octet"],
    ["!#$%&'*+-.^_`|~aZ9=1", "!#$%&'*+-.^_`|~aZ9=1", "every token character"],
    ["a=%zz%2", "a=%zz%2", "a percent sign that encodes nothing"],
    ["a=1,b=2,a=3", "a=3,b=2", "of repeated keys the last"],
    ["__proto__=1,constructor=2", "__proto__=1,constructor=2", "keys that objects have"],
  ])("%j is sent on as %j: %s", (received, sent) => {
    expect(through(received)).toBe(sent);
  });

  test("several headers are one list", () => {
    expect(through(["a=1", "", "b=2,c=3"])).toBe("a=1,b=2,c=3");
  });
});

describe("members that are malformed are left out whole, and the others stay (Baggage, 3.3.1)", () => {
  test.each([
    "k",
    "=v",
    "k k=v",
    "k=v v",
    'k="v"',
    "k=v\\",
    "k=\u00e9",
    "\u00e9=v",
    "k=v;",
    "k=v;;p",
    "k=v;p p",
    "k=v;=x",
    "k=v;p=\u00e9",
    "",
    " ",
  ])("%j", (member) => {
    expect(through(`a=1,${member},b=2`)).toBe("a=1,b=2");
    expect(extract(member)).toBe(ROOT_CONTEXT);
  });
});

describe("values (Baggage, 3.3.1.3)", () => {
  test.each([
    ["%20%C3%A9%2C", " \u00e9,"],
    ["100%", "100%"],
    ["%FF", "\ufffd"],
    ["a%C3b", "a\ufffdb"],
    ["%ED%A0%80", "\ufffd\ufffd\ufffd"],
    ["%EF%BB%BFx%FF", "\ufeffx\ufffd"],
    ["%zz%C3%A9%FF", "%zz\u00e9\ufffd"],
  ])("%j is read as %j", (raw, value) => {
    expect(entry(extract(`k=${raw}`), "k")?.value).toBe(value);
  });

  test.each([
    ["a b", "a%20b"],
    ["100%", "100%25"],
    ['",;\\', "%22%2C%3B%5C"],
    ["\u00e9\u{1f3b2}", "%C3%A9%F0%9F%8E%B2"],
    ["\ud800x", "%EF%BF%BDx"],
    ["\r\n\0", "%0D%0A%00"],
    ["a/b:c=d", "a/b:c=d"],
  ])("%j is sent as %j, encoding no more than must be", (value, sent) => {
    const context = propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ k: { value } }));
    expect(inject(context)).toBe(`k=${sent}`);
  });
});

describe("limits, over all headers together (Baggage, 3.3.2)", () => {
  const members = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`);

  test("64 members pass, of 65 the last is left out", () => {
    expect(through(members(64))).toBe(members(64).join());
    expect(through(members(65))).toBe(members(64).join());
  });

  test("8192 bytes pass, and one more leaves out a whole member", () => {
    const full = `a=${"v".repeat(4092)},b=${"v".repeat(4095)}`;
    expect(full.length).toBe(8192);
    expect(through(full)).toBe(full);
    expect(through(`${full}v,c=1`)).toBe(`a=${"v".repeat(4092)},c=1`);
  });

  test("what was added here counts like what was received", () => {
    const context = extract(`a=${"v".repeat(8000)}`);
    const bigger = propagation
      .getBaggage(context)
      ?.setEntry("b", { value: "v".repeat(300) })
      .setEntry("c", { value: "1" });
    expect(bigger && inject(propagation.setBaggage(ROOT_CONTEXT, bigger))).toBe(`a=${"v".repeat(8000)},c=1`);
  });

  test("a member that is passed on never gets longer, so that no member is lost", () => {
    const full = `a=${"%2F".repeat(2730)}`;
    expect(full.length).toBe(8192);
    expect(through(full)).toBe(full);
  });
});

describe("received baggage as a value", () => {
  const context = extract("a=1;p=2,b=%20");
  const baggage = propagation.getBaggage(context);

  test("entries are read with their properties", () => {
    expect(entry(context, "a")?.metadata?.toString()).toBe("p=2");
    expect(baggage?.getAllEntries().map(([key, { value }]) => [key, value])).toEqual([
      ["a", "1"],
      ["b", " "],
    ]);
  });

  test("it is immutable", () => {
    const copy = baggage?.getEntry("a");
    if (copy) copy.value = "changed";
    for (const [, each] of baggage?.getAllEntries() ?? []) each.value = "changed";
    baggage?.setEntry("c", { value: "3" });
    baggage?.removeEntry("a");
    baggage?.clear();
    expect(entry(context, "a")?.value).toBe("1");
    expect(inject(context)).toBe("a=1;p=2,b=%20");
  });

  test("entries can be set and removed", () => {
    const changed = baggage?.setEntry("a", { value: "new", metadata: baggageEntryMetadataFromString("q;r=1") });
    expect(changed && inject(propagation.setBaggage(ROOT_CONTEXT, changed))).toBe("a=new;q;r=1,b=%20");
    const removed = baggage?.removeEntries("a", "b");
    expect(removed && inject(propagation.setBaggage(ROOT_CONTEXT, removed))).toBeUndefined();
    expect(baggage?.clear().getAllEntries()).toEqual([]);
  });

  test("an entry of the application that has no valid form is left out whole", () => {
    const own = propagation.createBaggage({
      "not a token": { value: "1" },
      bad: { value: "1", metadata: baggageEntryMetadataFromString("p\r\nx: y") },
      good: { value: "1" },
    });
    expect(inject(propagation.setBaggage(ROOT_CONTEXT, own))).toBe("good=1");
    const set = baggage?.setEntry("\u00e9", { value: "1" });
    expect(set && inject(propagation.setBaggage(ROOT_CONTEXT, set))).toBe("a=1;p=2,b=%20");
  });
});

describe("what may pass", () => {
  test("keys that are not allowed in are not read", () => {
    expect(inject(extract("a=1,b=2,c=3", { allowIn: ["c", "a"] }))).toBe("a=1,c=3");
    expect(extract("a=1", { allowIn: [] })).toBe(ROOT_CONTEXT);
  });

  test("keys that are not allowed out stay here", () => {
    expect(inject(extract("a=1,b=2,c=3"), { allowOut: ["b"] })).toBe("b=2");
    expect(inject(extract("a=1"), { allowOut: [] })).toBeUndefined();
  });

  test("nothing is sent while tracing is suppressed, or without baggage", () => {
    expect(inject(suppressTracing(extract("a=1")))).toBeUndefined();
    expect(inject(ROOT_CONTEXT)).toBeUndefined();
    expect(extract("")).toBe(ROOT_CONTEXT);
  });
});

describe("properties", () => {
  test("any header: nothing throws, what is sent is printable and within the limits, and passes again unchanged", () => {
    const member = fc.oneof(fc.constantFrom("a=1", "b=2;p", ""), fc.string(), fc.string({ unit: "binary" }));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 80 }), (members) => {
        const sent = through(members);
        if (sent === undefined) return;
        expect(sent).toMatch(/^[\x21-\x7e]+$/);
        expect(sent.length).toBeLessThanOrEqual(8192);
        expect(sent.split(",").length).toBeLessThanOrEqual(64);
        expect(through(sent)).toBe(sent);
      }),
      { numRuns: 300 },
    );
  });

  test("any value arrives as it was sent", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const sent = inject(propagation.setBaggage(ROOT_CONTEXT, propagation.createBaggage({ k: { value } })));
        expect(entry(extract(sent ?? ""), "k")?.value).toBe(value.toWellFormed());
      }),
      { numRuns: 300 },
    );
  });
});
