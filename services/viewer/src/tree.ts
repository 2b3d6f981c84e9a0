/** From one trace in Jaeger's JSON to a tree, a verdict and a waterfall for a terminal. Nothing here reads or keeps state. */
export type { JaegerTrace } from "./jaeger.ts";
export { buildTree, type TraceTree, type TreeNode, walkTree } from "./tree/build.ts";
export { printable } from "./tree/printable.ts";
export {
  readTrace,
  type Span,
  type SpanEvent,
  type SpanKind,
  type SpanLink,
  type SpanStatus,
  type Tags,
  type TagValue,
  type Trace,
} from "./tree/trace.ts";
export { judge, type Verdict } from "./tree/verdict.ts";
export { formatMicros, renderWaterfall, type WaterfallOptions } from "./tree/waterfall.ts";
