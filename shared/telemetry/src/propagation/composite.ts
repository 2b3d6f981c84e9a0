/** Several propagators as one. */
import { diag, type TextMapPropagator } from "@opentelemetry/api";
import { type BaggagePropagatorOptions, createBaggagePropagator } from "./baggage.ts";
import { createTraceContextPropagator } from "./trace-context.ts";

/** The formats of the W3C. */
export type W3CFormat = "tracecontext" | "baggage";

/** Options of {@link createPropagator}. */
export interface PropagatorOptions {
  /** @default {} (every key passes, in and out) */
  readonly baggage?: BaggagePropagatorOptions;
}

/** One propagator for the formats named, each once, in the order given. */
export function createPropagator(
  formats: readonly W3CFormat[],
  { baggage = {} }: PropagatorOptions = {},
): TextMapPropagator {
  const create: Record<W3CFormat, () => TextMapPropagator> = {
    tracecontext: createTraceContextPropagator,
    baggage: () => createBaggagePropagator(baggage),
  };
  return composePropagators([...new Set(formats)].map((format) => create[format]()));
}

/**
 * Asks each propagator in turn. Of two that find a parent, the later wins. One that throws is reported through `diag`
 * and does not stop the others.
 * @see https://opentelemetry.io/docs/specs/otel/context/api-propagators/#composite-propagator
 */
export function composePropagators(propagators: readonly TextMapPropagator[]): TextMapPropagator {
  return {
    inject(context, carrier, setter) {
      for (const propagator of propagators) {
        try {
          propagator.inject(context, carrier, setter);
        } catch (error) {
          diag.warn(`${nameOf(propagator)} could not write the context; the other propagators go on`, error);
        }
      }
    },
    extract(context, carrier, getter) {
      let extracted = context;
      for (const propagator of propagators) {
        try {
          extracted = propagator.extract(extracted, carrier, getter) ?? extracted;
        } catch (error) {
          diag.warn(`${nameOf(propagator)} could not read the context; the other propagators go on`, error);
        }
      }
      return extracted;
    },
    fields: () => [...new Set(propagators.flatMap((propagator) => propagator.fields()))],
  };
}

function nameOf(propagator: TextMapPropagator): string {
  return `The propagator of ${propagator.fields().join(", ") || "no headers"}`;
}
