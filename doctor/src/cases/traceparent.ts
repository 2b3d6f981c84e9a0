/** `traceparent`: which are continued, and which start a new trace. */
import type { ClauseId } from "./clauses.ts";
import { type ConformanceCase, type HeaderLines, parentId, traceId, traceparent } from "./conformance-case.ts";

const continued = (id: string, clause: ClauseId, headers: HeaderLines): ConformanceCase => ({
  id: `traceparent-${id}`,
  clause,
  headers,
  expected: { trace: "continued", flags: "01" },
});

/** Each also sends a valid tracestate, which must not go on. */
const ignored = (id: string, clause: ClauseId, ...values: readonly string[]): ConformanceCase => ({
  id: `traceparent-${id}`,
  clause,
  headers: [...values.map((value) => ["traceparent", value] as const), ["tracestate", "a=1"]],
  expected: { trace: "new" },
});

const rest = traceparent.slice(2);

export const traceparentCases: readonly ConformanceCase[] = [
  { id: "nothing-sent", clause: "noTraceparent", headers: [], expected: { trace: "new" } },
  { id: "tracestate-alone", clause: "noTraceparent", headers: [["tracestate", "a=1"]], expected: { trace: "new" } },
  continued("valid", "traceparentReceived", [["traceparent", traceparent]]),
  continued("name-mixed-case", "traceparentName", [["TraceParent", traceparent]]),
  continued("name-uppercase", "traceparentName", [["TRACEPARENT", traceparent]]),
  {
    id: "traceparent-other-name",
    clause: "traceparentName",
    headers: [
      ["trace-parent", traceparent],
      ["trace_parent", traceparent],
    ],
    expected: { trace: "new" },
  },
  continued("space-before", "traceparentValue", [["traceparent", `  ${traceparent}`]]),
  continued("tab-before", "traceparentValue", [["traceparent", `\t${traceparent}`]]),
  continued("space-after", "traceparentValue", [["traceparent", `${traceparent} `]]),
  continued("tab-after", "traceparentValue", [["traceparent", `${traceparent}\t`]]),
  continued("blanks-around", "traceparentValue", [["traceparent", `\t ${traceparent} \t`]]),
  ignored("twice", "traceparentReceived", traceparent, `00-${"1".repeat(32)}-${parentId}-01`),
  ignored("twice-the-same", "traceparentReceived", traceparent, traceparent),
  ignored("twice-one-invalid", "traceparentReceived", traceparent, "invalid"),
  ignored("twice-higher-version", "traceparentReceived", `cc${rest}-more`, traceparent),
  ignored("joined-with-comma", "traceparentReceived", `${traceparent},${traceparent}`),
  ignored("empty", "traceparentReceived", ""),
  ignored("not-one-at-all", "traceparentReceived", "invalid"),
  ignored("not-ascii", "traceparentReceived", `00-${traceId}-${parentId}-0\u00e9`),
  ignored("version-ff", "version", `ff${rest}`),
  ignored("version-not-hex", "version", `.0${rest}`),
  ignored("version-second-not-hex", "version", `0.${rest}`),
  ignored("version-uppercase", "version", `CC${rest}`),
  ignored("version-too-long", "version", `000${rest}`),
  ignored("version-much-too-long", "version", `0000${rest}`),
  ignored("version-too-short", "version", `0${rest}`),
  ignored("version-missing", "version", rest.slice(1)),
  ignored("00-longer", "versionFormat", `${traceparent}.`),
  ignored("00-with-dash", "versionFormat", `${traceparent}-`),
  ignored("00-with-more", "versionFormat", `${traceparent}-what-the-future-will-bring`),
  ignored("wrong-delimiter", "versionFormat", traceparent.replaceAll("-", "_")),
  ignored("trace-id-zero", "traceId", `00-${"0".repeat(32)}-${parentId}-01`),
  ignored("trace-id-uppercase", "traceId", `00-${traceId.toUpperCase()}-${parentId}-01`),
  ignored("trace-id-not-hex-first", "traceId", `00-.${traceId.slice(1)}-${parentId}-01`),
  ignored("trace-id-not-hex-last", "traceId", `00-${traceId.slice(1)}.-${parentId}-01`),
  ignored("trace-id-too-long", "traceId", `00-${traceId}3-${parentId}-01`),
  ignored("trace-id-too-short", "traceId", `00-${traceId.slice(1)}-${parentId}-01`),
  ignored("parent-id-zero", "parentId", `00-${traceId}-${"0".repeat(16)}-01`),
  ignored("parent-id-uppercase", "parentId", `00-${traceId}-${parentId.toUpperCase()}-01`),
  ignored("parent-id-not-hex-first", "parentId", `00-${traceId}-.${parentId.slice(1)}-01`),
  ignored("parent-id-not-hex-last", "parentId", `00-${traceId}-${parentId.slice(1)}.-01`),
  ignored("parent-id-too-long", "parentId", `00-${traceId}-${parentId}7-01`),
  ignored("parent-id-too-short", "parentId", `00-${traceId}-${parentId.slice(1)}-01`),
  ignored("flags-not-hex-first", "traceFlags", `00-${traceId}-${parentId}-.1`),
  ignored("flags-not-hex-last", "traceFlags", `00-${traceId}-${parentId}-0.`),
  ignored("flags-uppercase", "traceFlags", `00-${traceId}-${parentId}-0B`),
  ignored("flags-too-long", "traceFlags", `00-${traceId}-${parentId}-001`),
  ignored("flags-too-short", "traceFlags", `00-${traceId}-${parentId}-1`),
  ignored("flags-missing", "traceFlags", `00-${traceId}-${parentId}`),
  continued("higher-version", "versioning", [["traceparent", `cc${rest}`]]),
  continued("higher-version-01", "versioning", [["traceparent", `01${rest}`]]),
  continued("higher-version-with-more", "versioning", [["traceparent", `cc${rest}-what-the-future-will-bring`]]),
  continued("higher-version-with-dash", "versioning", [["traceparent", `cc${rest}-`]]),
  ignored("higher-version-no-dash", "versioning", `cc${rest}.what-the-future-will-bring`),
  ignored("higher-version-flags-too-long", "versioning", `cc${rest}1`),
  ignored("higher-version-too-short", "versioning", `cc${rest.slice(0, -1)}`),
  ignored("higher-version-trace-id-zero", "versioning", `cc-${"0".repeat(32)}-${parentId}-01`),
  ignored("higher-version-parent-id-zero", "versioning", `cc-${traceId}-${"0".repeat(16)}-01`),
];
