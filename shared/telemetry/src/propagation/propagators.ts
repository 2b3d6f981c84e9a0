/** From the names in `OTEL_PROPAGATORS` to one propagator. */
import type { TextMapPropagator } from "@opentelemetry/api";
import { CompositePropagator } from "@opentelemetry/core";
import { type BaggagePropagatorOptions, createBaggagePropagator } from "./baggage.ts";
import { createTraceContextPropagator, withoutRandomFlag } from "./trace-context.ts";

/** The formats that can be asked for by name. */
export type PropagatorName = "tracecontext" | "baggage" | "b3" | "b3multi";

/** Options of {@link createPropagator}. */
export interface PropagatorOptions {
  /** @default {} (every key passes, in and out) */
  readonly baggage?: BaggagePropagatorOptions;
}

/**
 * One propagator for all the formats named, each once, in the order given; of two that find a parent the later wins.
 * With no name it reads and writes nothing. One that throws is reported and does not stop the others.
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#general-sdk-configuration
 */
export function createPropagator(
  names: readonly PropagatorName[],
  { baggage = {} }: PropagatorOptions = {},
): TextMapPropagator {
  const create: Record<PropagatorName, () => TextMapPropagator> = {
    tracecontext: createTraceContextPropagator,
    baggage: () => createBaggagePropagator(baggage),
    b3: () => createB3Propagator("SINGLE_HEADER"),
    b3multi: () => createB3Propagator("MULTI_HEADER"),
  };
  return new CompositePropagator({ propagators: [...new Set(names)].map((name) => create[name]()) });
}

/** Loaded only when asked for; `require` with a literal name, because that is what `bun build --compile` can follow. */
function createB3Propagator(encoding: "SINGLE_HEADER" | "MULTI_HEADER"): TextMapPropagator {
  const b3: typeof import("@opentelemetry/propagator-b3") = require("@opentelemetry/propagator-b3");
  return withoutRandomFlag(new b3.B3Propagator({ injectEncoding: b3.B3InjectEncoding[encoding] }));
}
