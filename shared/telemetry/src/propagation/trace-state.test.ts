import { describe, expect, test } from "bun:test";
import { createTraceState } from "@opentelemetry/api";
import fc from "fast-check";
import {
  fitTraceState,
  MAX_TRACESTATE_LENGTH,
  normaliseTraceState,
  readTraceState,
  W3CTraceState,
  writeTraceState,
} from "./trace-state.ts";

const many = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v${index}`);

describe("tracestate that is valid (Level 2, 3.3)", () => {
  test.each([
    ["a=1,b=2", "a=1,b=2", "order kept"],
    [" a=1 \t, \tb=2\t", "a=1,b=2", "optional white space"],
    ["", "", "empty"],
    [" ,\t,, ", "", "only empty members"],
    [",a=1,,b=2,", "a=1,b=2", "empty members"],
    ["a=  1", "a=  1", "leading spaces belong to the value"],
    ["a=1,b=2,a=3", "a=1,b=2,a=3", "repeated keys pass as they came"],
    ["0=1,9a@=2,a@@b@c=3,a_-*/@=4", "0=1,9a@=2,a@@b@c=3,a_-*/@=4", "Level 2 keys"],
    [`${"z".repeat(256)}=1`, `${"z".repeat(256)}=1`, "key of 256"],
    [`a=${"v".repeat(256)}`, `a=${"v".repeat(256)}`, "value of 256"],
    [many(32).join(), many(32).join(), "32 members"],
    [`${many(32).join()},, ,`, many(32).join(), "32 members and empty ones"],
  ])("%j becomes %j: %s", (header, text) => {
    expect(normaliseTraceState(header)).toBe(text);
  });

  test("every printable character but comma and equals sign is a value", () => {
    const value = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 0x20 + index)).replace(/[,=]/g, "");
    expect(normaliseTraceState(`a=${value}`)).toBe(`a=${value}`);
  });
});

describe("one invalid member discards the whole list (Level 2, 3.3)", () => {
  test.each([
    ["a=1,b", "no value"],
    ["a=1,b=", "empty value"],
    ["a=1,=2", "no key"],
    ["a=1,B=2", "uppercase key"],
    ["a=1,@b=2", "key that starts with @"],
    ["a=1,_b=2", "key that starts with _"],
    ["a=1,b.c=2", "key with a dot"],
    ["a=1,b =2", "space before the equals sign"],
    ["a=1,b=2=3", "equals sign in a value"],
    ["a=1,b=\t2", "tab in a value"],
    ["a=1,b=\u00e9", "value that is not ASCII"],
    ["a=1,b=\u007f", "value with a control character"],
    [`a=1,${"z".repeat(257)}=1`, "key of 257"],
    [`a=1,b=${"v".repeat(257)}`, "value of 257"],
    [many(33).join(), "33 members"],
  ])("%j: %s", (header) => {
    expect(normaliseTraceState(header)).toBeUndefined();
  });
});

describe("length (Level 2, 3.3.3.1)", () => {
  test("512 characters and more are carried whole", () => {
    const list = ["a", "b", "c", "d", "e", "f"].map((key) => `${key}=${"v".repeat(200)}`).join();
    expect(normaliseTraceState(list)).toBe(list);
  });

  test("beyond the limit whole members go: long ones first, each time from the right", () => {
    const long = (key: string) => `${key}=${"v".repeat(250)}`;
    const list = [...["a", "b", "c"].map(long), ...many(28).map((member) => member.padEnd(128, "v"))];
    expect(fitTraceState(list)).toEqual([long("a"), ...list.slice(3)]);
    const onlyShort = Array.from({ length: 40 }, (_, index) => `k${index}=`.padEnd(128, "v"));
    expect(fitTraceState(onlyShort)).toEqual(onlyShort.slice(0, 31));
    expect(onlyShort.slice(0, 31).join().length).toBeLessThanOrEqual(MAX_TRACESTATE_LENGTH);
  });
});

describe("mutation (Level 2, 3.5)", () => {
  const state = new W3CTraceState("a=1,b=2,a=3", true);

  test("a new or changed key goes to the left and is there once", () => {
    expect(state.set("c", "4").serialize()).toBe("c=4,a=1,b=2,a=3");
    expect(state.set("a", "4").serialize()).toBe("a=4,b=2");
    expect(state.set("b", "4").serialize()).toBe("b=4,a=1,a=3");
  });

  test("of 33 members the right-most goes", () => {
    const full = new W3CTraceState(many(32).join(), true);
    expect(full.set("new", "1").serialize()).toBe(["new=1", ...many(31)].join());
  });

  test("unset removes, get finds the left-most", () => {
    expect(state.unset("a").serialize()).toBe("b=2");
    expect(state.unset("b").unset("a").serialize()).toBe("");
    expect(state.get("a")).toBe("1");
    expect(state.get("x")).toBeUndefined();
    expect(state.get("")).toBeUndefined();
  });

  test("invalid keys and values change nothing, and nothing changes the original", () => {
    expect(state.set("A", "1")).toBe(state);
    expect(state.set("a", "x,y=z")).toBe(state);
    expect(state.set("a", "ends with a space ")).toBe(state);
    expect(state.serialize()).toBe("a=1,b=2,a=3");
  });

  test("what is known of the trace-id stays through mutations", () => {
    const notRandom = readTraceState("", false);
    expect(notRandom?.hasRandomTraceId).toBe(false);
    expect(notRandom?.set("a", "1").unset("b").hasRandomTraceId).toBe(false);
    expect(readTraceState("", true)).toBeUndefined();
    expect(readTraceState("a=1,B=2", true)).toBeUndefined();
  });
});

describe("properties", () => {
  const grammar = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
  const messy = fc.array(fc.oneof(fc.constantFrom("a=1", "b=2", "", " ", "c"), fc.string()), { maxLength: 40 });

  test("whatever comes in, what goes out is valid or nothing, and stays as it is when it passes again", () => {
    fc.assert(
      fc.property(messy, (members) => {
        const text = normaliseTraceState(members.join(","));
        if (text === undefined || text === "") return;
        for (const member of text.split(",")) expect(member).toMatch(grammar);
        expect(text.split(",").length).toBeLessThanOrEqual(32);
        expect(normaliseTraceState(text)).toBe(text);
      }),
      { numRuns: 300 },
    );
  });

  test("nor can another implementation send an invalid list", () => {
    const foreign = (text: string) => ({ ...createTraceState(), serialize: () => text });
    expect(writeTraceState(foreign("A=1"))).toBe("");
    expect(writeTraceState(foreign("a=1\r\nx: y"))).toBe("");
    expect(writeTraceState(foreign("a=1, b=2"))).toBe("a=1,b=2");
    expect(writeTraceState(createTraceState("a=1"))).toBe("a=1");
  });
});
