/** `tracestate`: what is carried on, and what discards the whole list. */
import type { ClauseId } from "./clauses.ts";
import { type ConformanceCase, traceparent } from "./conformance-case.ts";

const carried = (id: string, clause: ClauseId, values: string | readonly string[], sent: string): ConformanceCase => ({
  id: `tracestate-${id}`,
  clause,
  headers: [["traceparent", traceparent], ...[values].flat().map((value) => ["tracestate", value] as const)],
  expected: { trace: "continued", flags: "01", ...(sent !== "" && { tracestate: sent }) },
});

/** Each sends valid members too, which must go with the invalid one, and must not touch the traceparent. */
const discarded = (id: string, clause: ClauseId, ...values: readonly string[]): ConformanceCase =>
  carried(id, clause, values, "");

const members = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `k${from + index}=${from + index}`).join(",");
const everyValueCharacter = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index))
  .join("")
  .replace(/[,=]/g, "");
const z = (length: number) => "z".repeat(length);

export const tracestateCases: readonly ConformanceCase[] = [
  carried("one", "tracestate", "a=1", "a=1"),
  carried("order", "mutateTracestate", "c=3,a=1,b=2", "c=3,a=1,b=2"),
  {
    id: "tracestate-name-case",
    clause: "tracestateName",
    headers: [
      ["traceparent", traceparent],
      ["TraceState", "a=1"],
    ],
    expected: { trace: "continued", flags: "01", tracestate: "a=1" },
  },
  {
    id: "tracestate-other-name",
    clause: "tracestateName",
    headers: [
      ["traceparent", traceparent],
      ["trace-state", "a=1"],
    ],
    expected: { trace: "continued", flags: "01" },
  },
  {
    id: "tracestate-before-traceparent",
    clause: "tracestateValue",
    headers: [
      ["tracestate", "a=1"],
      ["traceparent", traceparent],
      ["tracestate", "b=2"],
    ],
    expected: { trace: "continued", flags: "01", tracestate: "a=1,b=2" },
  },
  {
    id: "tracestate-of-a-higher-version",
    clause: "tracestateVersioning",
    headers: [
      ["traceparent", `cc${traceparent.slice(2)}-more`],
      ["tracestate", "a=1"],
    ],
    expected: { trace: "continued", flags: "01", tracestate: "a=1" },
  },
  carried("several-headers", "tracestateValue", ["a=1,b=2", "c=3", "d=4,e=5"], "a=1,b=2,c=3,d=4,e=5"),
  carried("several-headers-one-empty-first", "tracestateValue", ["", "a=1"], "a=1"),
  carried("several-headers-one-empty-last", "tracestateValue", ["a=1", ""], "a=1"),
  carried("several-headers-one-empty-between", "tracestateValue", ["a=1", "", "b=2"], "a=1,b=2"),
  carried("empty", "list", "", ""),
  carried("only-commas", "list", ",,", ""),
  carried("only-blanks", "list", "\t,  ,", ""),
  carried("empty-members", "list", ",a=1,,b=2,", "a=1,b=2"),
  carried("blank-members", "list", "a=1, ,b=2", "a=1,b=2"),
  carried("space-after-comma", "list", "a=1, b=2,  c=3", "a=1,b=2,c=3"),
  carried("space-before-comma", "list", "a=1 ,b=2  ,c=3", "a=1,b=2,c=3"),
  carried("tabs-around-comma", "list", "a=1 \t, \t b=2\t,c=3", "a=1,b=2,c=3"),
  carried("space-around", "list", " a=1 ", "a=1"),
  carried("tab-around", "list", "\ta=1\t", "a=1"),
  carried("32-members", "list", members(1, 32), members(1, 32)),
  carried("32-members-several-headers", "list", [members(1, 10), members(11, 31), "k32=32"], members(1, 32)),
  carried("32-members-and-empty-ones", "list", [members(1, 32), "", ","], members(1, 32)),
  discarded("33-members", "list", members(1, 33)),
  discarded("33-members-several-headers", "list", members(1, 20), members(21, 33)),
  carried("key-digit-first", "key", "0a=1,9=2", "0a=1,9=2"),
  carried("key-every-character", "key", "az09_-*/@=1", "az09_-*/@=1"),
  carried("key-at-last", "key", "a@=1,b=2", "a@=1,b=2"),
  carried("key-at-twice", "key", "a@@b=1,a@b@c=2", "a@@b=1,a@b@c=2"),
  carried("key-256", "key", `a=1,${z(256)}=2`, `a=1,${z(256)}=2`),
  carried("key-long-tenant", "key", `${z(242)}@v=1`, `${z(242)}@v=1`),
  carried("key-long-system", "key", `t@${z(15)}=1`, `t@${z(15)}=1`),
  discarded("key-257", "key", `a=1,${z(257)}=2`),
  discarded("key-at-first", "key", "a=1,@b=2"),
  discarded("key-uppercase", "key", "a=1,B=2"),
  discarded("key-uppercase-inside", "key", "a=1,bB=2"),
  discarded("key-dot", "key", "a=1,b.c=2"),
  discarded("key-underscore-first", "key", "a=1,_b=2"),
  discarded("key-empty", "key", "a=1,=2"),
  discarded("key-space-inside", "key", "a=1,b b=2"),
  discarded("key-space-before-equals", "key", "a=1,b =2"),
  discarded("key-in-another-header", "key", "a=1", "B=2"),
  carried("value-every-character", "value", `a=${everyValueCharacter}`, `a=${everyValueCharacter}`),
  carried("value-256", "value", `a=${z(256)}`, `a=${z(256)}`),
  carried("value-space-first", "value", "a=  1,b=2", "a=  1,b=2"),
  carried("value-space-inside", "value", "a=1 1,b=2", "a=1 1,b=2"),
  discarded("value-257", "value", `a=1,b=${z(257)}`),
  discarded("value-empty", "value", "a=1,b="),
  discarded("value-only-spaces", "value", "a=1,b=  ,c=3"),
  discarded("value-missing", "value", "a=1,b"),
  discarded("value-equals", "value", "a=1,b=2=3"),
  discarded("value-tab-inside", "value", "a=1,b=2\t2"),
  discarded("value-not-ascii", "value", "a=1,b=\u00e9"),
  carried("repeated-key", "combined", "a=1,b=2,a=3", "a=1,b=2,a=3"),
  carried("repeated-key-several-headers", "combined", ["a=1", "a=1"], "a=1,a=1"),
  carried("512-characters", "tracestateLimits", `a=${z(250)},b=${z(256)}`, `a=${z(250)},b=${z(256)}`),
  carried(
    "beyond-4096-long-members-first",
    "tracestateLimits",
    ["a=1", ...Array.from({ length: 17 }, (_, index) => `k${index}=${z(250)}`), "z=1"],
    ["a=1", ...Array.from({ length: 16 }, (_, index) => `k${index}=${z(250)}`), "z=1"].join(),
  ),
];
