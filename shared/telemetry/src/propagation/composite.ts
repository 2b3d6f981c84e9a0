/** Combines several propagators into one. */
import { diag, type TextMapPropagator } from "@opentelemetry/api";

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
