/** `baggage`: what is carried on. It does not depend on a trace, so no traceparent is sent. */
import type { ClauseId } from "./clauses.ts";
import type { ConformanceCase } from "./conformance-case.ts";
import { traceparent } from "./conformance-case.ts";

const carried = (id: string, clause: ClauseId, values: string | readonly string[], sent: string): ConformanceCase => ({
  id: `baggage-${id}`,
  clause,
  headers: [values].flat().map((value) => ["baggage", value] as const),
  expected: { trace: "new", ...(sent !== "" && { baggage: sent }) },
});

const members = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`).join(",");
const full = `a=${"v".repeat(4092)},b=${"v".repeat(4095)}`;

export const baggageCases: readonly ConformanceCase[] = [
  carried("one", "baggageString", "a=1", "a=1"),
  carried("order", "baggageString", "c=3,a=1,b=2", "c=3,a=1,b=2"),
  carried("several-headers", "baggageString", ["a=1", "b=2,c=3"], "a=1,b=2,c=3"),
  carried("several-headers-one-empty", "baggageString", ["a=1", "", "b=2"], "a=1,b=2"),
  carried("empty", "baggageString", "", ""),
  carried("blanks", "baggageString", "a = 1 , b\t=\t2", "a=1,b=2"),
  carried("repeated-key", "baggageString", "a=1,b=2,a=3", "a=3,b=2"),
  carried("malformed-members", "baggageString", "a=1,b,=c,d d=1,e=2", "a=1,e=2"),
  carried("malformed-only", "baggageString", "nothing here", ""),
  carried("key-every-character", "baggageKey", "!#$%&'*+-.^_`|~aZ9=1", "!#$%&'*+-.^_`|~aZ9=1"),
  carried("key-not-a-token", "baggageKey", "a=1,(b)=2,c=3", "a=1,c=3"),
  carried("value-empty", "baggageValue", "a=,b=2", "a=,b=2"),
  carried("value-equals", "baggageValue", "a=1=2=", "a=1=2="),
  carried("value-percent-encoded", "baggageValue", "a=%20%C3%A9%2C%25", "a=%20%C3%A9%2C%25"),
  carried("value-every-octet", "baggageValue", "a=!#$&'()*+-./:<=>?@[]^_`{|}~", "a=!#$&'()*+-./:<=>?@[]^_`{|}~"),
  carried("value-not-utf8", "baggageValue", "a=%FF,b=2", "a=%FF,b=2"),
  carried("value-percent-alone", "baggageValue", "a=100%,b=%zz", "a=100%,b=%zz"),
  carried("value-space-inside", "baggageValue", "a=1 1,b=2", "b=2"),
  carried("value-quoted", "baggageValue", 'a="1",b=2', "b=2"),
  carried("value-not-ascii", "baggageValue", "a=\u00e9,b=2", "b=2"),
  carried("properties", "baggageProperty", "a=1;p;q=2,b=3", "a=1;p;q=2,b=3"),
  carried("properties-blanks", "baggageProperty", "a=1 ; p ; q = 2", "a=1;p;q=2"),
  carried("properties-malformed", "baggageProperty", "a=1;p p,b=2", "b=2"),
  carried("64-members", "baggageLimits", members(64), members(64)),
  carried("65-members", "baggageLimits", members(65), members(64)),
  carried("8192-bytes", "baggageLimits", full, full),
  carried("8193-bytes", "baggageLimits", `${full}v,c=1`, `a=${"v".repeat(4092)},c=1`),
  carried("8192-bytes-encoded", "baggageLimits", `a=${"%2F".repeat(2730)}`, `a=${"%2F".repeat(2730)}`),
  carried("8193-bytes-several-headers", "baggageLimits", [full, "c=1"], full),
  {
    id: "baggage-beside-a-trace",
    clause: "baggageString",
    headers: [
      ["traceparent", traceparent],
      ["tracestate", "a=1"],
      ["baggage", "b=2"],
    ],
    expected: { trace: "continued", flags: "01", tracestate: "a=1", baggage: "b=2" },
  },
  {
    id: "baggage-beside-an-invalid-trace",
    clause: "baggageString",
    headers: [
      ["traceparent", "invalid"],
      ["baggage", "b=2"],
    ],
    expected: { trace: "new", baggage: "b=2" },
  },
];
