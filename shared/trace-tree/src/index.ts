/**
 * From the spans of one trace to a tree, a verdict, a text for a terminal, and an assertion for a test. It depends on no
 * package and reads no environment. The part that a browser uses needs no Bun.
 */
export { buildTree, type TraceTree, type TreeNode, walkTree } from "./build.ts";
export { shownValue } from "./captured-headers.ts";
export type { Cause, Diagnosis } from "./cause.ts";
export { compareTree, type ExpectedSpan } from "./compare.ts";
export { diagnose } from "./diagnosis.ts";
export {
  assertTrace,
  checkTrace,
  type ExpectTraceOptions,
  expectTrace,
  type FoundTrace,
  waitForTrace,
} from "./expect-trace.ts";
export type { Finding } from "./findings.ts";
export type {
  JaegerEnvelope,
  JaegerLog,
  JaegerProcess,
  JaegerReference,
  JaegerSpan,
  JaegerTag,
  JaegerTrace,
} from "./jaeger.ts";
export { printable } from "./printable.ts";
export type { RecordedSpan } from "./recorded-span.ts";
export {
  CUT_WARNING,
  readTrace,
  type Span,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanStatus,
  type Tags,
  type TagValue,
  type Trace,
} from "./trace.ts";
export { type QueryApi, readTree, type SpansInMemory, type TraceSource } from "./trace-source.ts";
export { type Grade, type Verdict, verdictOf } from "./verdict.ts";
export { formatMicros, renderWaterfall, type WaterfallOptions } from "./waterfall.ts";
export { wireOf } from "./wire.ts";
export { renderWire, type WireTextOptions } from "./wire-text.ts";
export {
  type Capture,
  type Hop,
  type TraceparentParts,
  WIRE_HEADERS,
  type WireField,
  type WireHeader,
} from "./wire-types.ts";
