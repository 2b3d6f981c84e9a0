/** How a context travels from one process to the next. */
export { type BaggagePropagatorOptions, createBaggagePropagator } from "./baggage.ts";
export { headersGetter, headersSetter, metadataGetter, metadataSetter } from "./carriers.ts";
export { composePropagators } from "./composite.ts";
export { type ExtractedContext, extractContext, type Trust } from "./extract-context.ts";
export { createTraceContextPropagator, traceParentOf } from "./trace-context.ts";
