/** Compares the headers that a boundary sent with those that a case expects. */
import { type ConformanceCase, type HeaderLines, parentId, traceId } from "./conformance-case.ts";

const WELL_FORMED = /^00-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})$/;

/** One sentence for each fault; empty when there is none. */
export function findFaults({ expected }: ConformanceCase, sent: HeaderLines): string[] {
  const values = (name: string) => sent.filter(([header]) => header.toLowerCase() === name).map(([, value]) => value);
  return [
    ...traceparentFaults(expected.trace, expected.flags ?? "03", values("traceparent")),
    ...listFaults("tracestate", expected.tracestate, values("tracestate")),
    ...listFaults("baggage", expected.baggage, values("baggage")),
  ];
}

function traceparentFaults(trace: "continued" | "new", flags: string, values: readonly string[]): string[] {
  const [, sentTrace, sentParent, sentFlags] = WELL_FORMED.exec(values[0] ?? "") ?? [];
  if (values.length !== 1 || sentTrace === undefined) return [`one well-formed traceparent expected: ${show(values)}`];
  const faults: string[] = [];
  if ((sentTrace === traceId) !== (trace === "continued")) faults.push(`a ${trace} trace expected: ${values[0]}`);
  if (sentParent === parentId) faults.push(`the parent-id of the sender was sent on: ${values[0]}`);
  if (sentFlags !== flags) faults.push(`flags ${flags} expected: ${values[0]}`);
  return faults;
}

function listFaults(name: string, expected: string | undefined, values: readonly string[]): string[] {
  const wanted = expected === undefined ? [] : [expected];
  return Bun.deepEquals(values, wanted) ? [] : [`${name} ${show(wanted)} expected: ${show(values)}`];
}

function show(values: readonly string[]): string {
  return values.length === 0 ? "(none)" : values.map((value) => JSON.stringify(value)).join(" and ");
}
