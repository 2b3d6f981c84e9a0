/** `trace-flags`: which are carried on, and which are sent as zero. */
import type { ClauseId } from "./clauses.ts";
import { type ConformanceCase, parentId, traceId } from "./conformance-case.ts";

const flags = (received: string, sent: string, clause: ClauseId, version = "00"): ConformanceCase => ({
  id: `flags-${version}-${received}`,
  clause,
  headers: [["traceparent", `${version}-${traceId}-${parentId}-${received}`]],
  expected: { trace: "continued", flags: sent },
});

export const flagCases: readonly ConformanceCase[] = [
  flags("00", "00", "sampledFlag"),
  flags("01", "01", "sampledFlag"),
  flags("02", "02", "randomFlag"),
  flags("03", "03", "randomFlag"),
  flags("04", "00", "otherFlags"),
  flags("05", "01", "otherFlags"),
  flags("06", "02", "otherFlags"),
  flags("08", "00", "otherFlags"),
  flags("10", "00", "otherFlags"),
  flags("12", "02", "otherFlags"),
  flags("80", "00", "otherFlags"),
  flags("fc", "00", "otherFlags"),
  flags("ff", "03", "otherFlags"),
  flags("00", "00", "versioning", "cc"),
  flags("03", "03", "versioning", "cc"),
  flags("ff", "03", "versioning", "cc"),
];
