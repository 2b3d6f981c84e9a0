/** Makes one propagator from the names in `OTEL_PROPAGATORS`. */
import { type TextMapPropagator, trace } from "@opentelemetry/api";
import type { PropagatorName } from "./config.ts";
import {
  type BaggagePropagatorOptions,
  composePropagators,
  createBaggagePropagator,
  createTraceContextPropagator,
} from "./propagation/index.ts";
import { readTraceState } from "./propagation/trace-state.ts";

/**
 * One propagator for all the formats named, each once, in the order given. With no name it reads and writes nothing.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function createNamedPropagators(
  names: readonly PropagatorName[],
  baggage?: BaggagePropagatorOptions,
): TextMapPropagator {
  const create: Record<PropagatorName, () => TextMapPropagator> = {
    tracecontext: createTraceContextPropagator,
    baggage: () => createBaggagePropagator(baggage),
    b3: () => createB3Propagator("SINGLE_HEADER"),
    b3multi: () => createB3Propagator("MULTI_HEADER"),
  };
  return composePropagators([...new Set(names)].map((name) => create[name]()));
}

/** Loaded only when asked for. `require` with a literal name, because `bun build --compile` can follow it. */
function createB3Propagator(encoding: "SINGLE_HEADER" | "MULTI_HEADER"): TextMapPropagator {
  const b3: typeof import("@opentelemetry/propagator-b3") = require("@opentelemetry/propagator-b3");
  return withoutRandomFlag(new b3.B3Propagator({ injectEncoding: b3.B3InjectEncoding[encoding] }));
}

/**
 * B3 does not say how the trace-id of a remote parent was made, so its children must not be sent on with the random
 * flag of `traceparent`.
 */
function withoutRandomFlag(propagator: TextMapPropagator): TextMapPropagator {
  return {
    inject: (context, carrier, setter) => propagator.inject(context, carrier, setter),
    fields: () => propagator.fields(),
    extract(context, carrier, getter) {
      const extracted = propagator.extract(context, carrier, getter);
      const spanContext = trace.getSpanContext(extracted);
      if (spanContext === undefined || spanContext === trace.getSpanContext(context)) return extracted;
      const traceState = readTraceState(spanContext.traceState?.serialize() ?? "", false);
      return trace.setSpanContext(extracted, { ...spanContext, ...(traceState && { traceState }) });
    },
  };
}
