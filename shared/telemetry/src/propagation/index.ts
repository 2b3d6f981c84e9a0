/** How a context travels from one process to the next. */
export { type BaggagePropagatorOptions, createBaggagePropagator } from "./baggage.ts";
export { headersGetter, headersSetter, metadataGetter } from "./carriers.ts";
export { type ExtractedContext, type ExtractOptions, extractContext, type Trust } from "./extract-context.ts";
export { createPropagator, type PropagatorName, type PropagatorOptions } from "./propagators.ts";
export { createTraceContextPropagator, traceParentOf } from "./trace-context.ts";
