import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { parseTraceParent, traceParentOf } from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";
const valid = `00-${traceId}-${spanId}-01`;
const parsed = { traceId, spanId, traceFlags: 1 };

describe("traceparent, version 00 (Level 2, 3.2.2)", () => {
  test("a valid one is read", () => {
    expect(parseTraceParent(valid)).toEqual(parsed);
  });

  test.each([" ", "\t", "\t  \t"])("optional white space %j around it is accepted (RFC 9110, 5.5)", (blank) => {
    expect(parseTraceParent(`${blank}${valid}${blank}`)).toEqual(parsed);
  });

  test.each([
    ["00", 0],
    ["01", 1],
    ["02", 2],
    ["03", 3],
    ["04", 0],
    ["0c", 0],
    ["fd", 1],
    ["ff", 3],
  ])("flags %s are read as %d: unknown ones do not exist for us (3.2.2.5.3)", (digits, traceFlags) => {
    expect(parseTraceParent(`00-${traceId}-${spanId}-${digits}`)?.traceFlags).toBe(traceFlags);
  });

  test.each([
    ["", "empty"],
    [valid.slice(0, 54), "flags too short"],
    [`${valid}0`, "flags too long"],
    [`${valid}-`, "something after the flags"],
    [`${valid}-more`, "something after the flags"],
    [`${valid}, ${valid}`, "sent twice"],
    [`, ${valid}`, "sent twice, once empty"],
    [`ff-${traceId}-${spanId}-01`, "version ff"],
    [`0-${traceId}-${spanId}-01-`, "version too short"],
    [`000-${traceId}-${spanId}-01`, "version too long"],
    [`.0-${traceId}-${spanId}-01`, "version not hexadecimal"],
    [`0A-${traceId}-${spanId}-01`, "version in uppercase"],
    [`00-${"0".repeat(32)}-${spanId}-01`, "trace-id all zero"],
    [`00-${traceId.toUpperCase()}-${spanId}-01`, "trace-id in uppercase"],
    [`00-${traceId.slice(1)}.-${spanId}-01`, "trace-id not hexadecimal"],
    [`00-${traceId.slice(1)}g-${spanId}-01`, "trace-id with the letter after f"],
    [`00-${traceId.slice(1)}/-${spanId}-01`, "trace-id with the character before 0"],
    [`00-${traceId.slice(1)}:-${spanId}-01`, "trace-id with the character after 9"],
    [`00-${traceId.slice(1)}\`-${spanId}-01`, "trace-id with the character before a"],
    [`00-${traceId}a-${spanId}-01`, "trace-id too long"],
    [`00-${traceId}-${"0".repeat(16)}-01`, "parent-id all zero"],
    [`00-${traceId}-${spanId.toUpperCase()}-01`, "parent-id in uppercase"],
    [`00-${traceId}-${spanId.slice(1)}-01-`, "parent-id too short"],
    [`00-${traceId}-${spanId}-0.`, "flags not hexadecimal"],
    [`00-${traceId}-${spanId}-.1`, "flags not hexadecimal"],
    [`00-${traceId}-${spanId}-0A`, "flags in uppercase"],
    [`00_${traceId}-${spanId}-01`, "wrong delimiter"],
    [`00-${traceId}_${spanId}-01`, "wrong delimiter"],
    [`00-${traceId}-${spanId}_01`, "wrong delimiter"],
    [`${valid}\n`, "a line end is not optional white space"],
    [`\u00a0${valid}`, "nor is a no-break space"],
  ])("%j is ignored: %s", (header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});

describe("traceparent, higher versions (Level 2, 3.2.4)", () => {
  test.each([`cc-${valid.slice(3)}`, `cc-${valid.slice(3)}-`, `01-${valid.slice(3)}-what-will-be`])(
    "%s is read",
    (header) => {
      expect(parseTraceParent(header)).toEqual(parsed);
    },
  );

  test.each([
    [`cc-${valid.slice(3)}.later`, "no dash after the flags"],
    [`cc-${valid.slice(3)}0`, "flags too long"],
    [`cc-${valid.slice(3, -1)}`, "shorter than 55 characters"],
    [`cc-${traceId.toUpperCase()}-${spanId}-01`, "trace-id in uppercase"],
    [`cc-${valid.slice(3)}-x, ${valid}`, "sent twice, and joined by the server"],
  ])("%j is ignored: %s", (header) => {
    expect(parseTraceParent(header)).toBeUndefined();
  });
});

describe("properties", () => {
  const wellFormed =
    /^[\t ]*(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-[^,]*)?[\t ]*$/s;

  test("what is read is exactly what a regular expression of the grammar accepts", () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789abcdefAF0"), minLength: length, maxLength: length });
    const near = fc
      .tuple(
        fc.constantFrom("00", "01", "cc", "ff", "fF"),
        hex(32),
        hex(16),
        hex(2),
        fc.constantFrom("", "-", "-x", "x", ",", " "),
      )
      .map(([version, trace, span, flags, rest]) => `${version}-${trace}-${span}-${flags}${rest}`);
    fc.assert(
      fc.property(fc.oneof(near, fc.string(), fc.string({ unit: "binary" })), (header) => {
        const expected = wellFormed.test(header) && !/^[\t ]*00.{53}-/s.test(header);
        expect(parseTraceParent(header) !== undefined).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("what is written is always well-formed and is read back", () => {
    const id = (length: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
    fc.assert(
      fc.property(id(32), id(16), fc.integer(), (traceId, spanId, traceFlags) => {
        fc.pre(/[^0]/.test(traceId) && /[^0]/.test(spanId));
        const header = traceParentOf({ traceId, spanId, traceFlags, isRemote: true }) ?? "";
        expect(header).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]$/);
        expect(parseTraceParent(header)).toEqual({ traceId, spanId, traceFlags: traceFlags & 3 });
      }),
    );
  });
});
