/** Compares the headers that went out with those that a case expects. */
import { type ConformanceCase, type HeaderLines, parentId, traceId } from "./conformance-case.ts";

/** One way in which what went out is not what the case asks for. */
export interface Fault {
  /** `form` is a `traceparent` that is missing, sent twice or malformed. */
  readonly of: "form" | "trace" | "parent" | "flags" | "tracestate" | "baggage";
  /** What was expected, and what was sent. */
  readonly text: string;
}

const WELL_FORMED = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** Empty when nothing is wrong. */
export function findFaults({ expected }: ConformanceCase, sent: HeaderLines): readonly Fault[] {
  const values = (name: string) => sent.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
  return [
    ...traceparentFaults(expected.trace, expected.flags ?? "03", values("traceparent")),
    ...listFaults("tracestate", expected.tracestate, values("tracestate")),
    ...listFaults("baggage", expected.baggage, values("baggage")),
  ];
}

function traceparentFaults(trace: "continued" | "new", flags: string, values: readonly string[]): readonly Fault[] {
  const [, sentTrace, sentParent, sentFlags] = WELL_FORMED.exec(values[0] ?? "") ?? [];
  if (values.length !== 1 || sentTrace === undefined) {
    return [{ of: "form", text: `traceparent: expected a well-formed one, came ${show(values)}` }];
  }
  const faults: Fault[] = [];
  if ((sentTrace === traceId) !== (trace === "continued")) {
    faults.push({ of: "trace", text: `traceparent: expected a ${trace} trace, came ${values[0]}` });
  }
  if (sentParent === parentId) {
    faults.push({ of: "parent", text: `traceparent: expected a parent-id of its own, came ${values[0]}` });
  }
  if (sentFlags !== flags)
    faults.push({ of: "flags", text: `traceparent: expected the flags ${flags}, came ${values[0]}` });
  return faults;
}

function listFaults(
  name: "tracestate" | "baggage",
  expected: string | undefined,
  values: readonly string[],
): readonly Fault[] {
  const wanted = expected === undefined ? [] : [expected];
  const same = values.length === wanted.length && values.every((value, index) => value === wanted[index]);
  return same ? [] : [{ of: name, text: `${name}: expected ${show(wanted)}, came ${show(values)}` }];
}

function show(values: readonly string[]): string {
  return values.length === 0 ? "none" : values.map((value) => JSON.stringify(value)).join(" and ");
}
