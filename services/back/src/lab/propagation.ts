/** A propagator that reads which fault a call asks for, and makes the faults of reading headers. */
import type { TextMapPropagator } from "@opentelemetry/api";
import { FAULT_HEADER, hasFault, OTHER_PARENT_HEADER, withFaults } from "./fault-context.ts";

export function createFaultyPropagator(inner: TextMapPropagator): TextMapPropagator {
  return {
    fields: () => inner.fields(),
    inject: (context, carrier, setter) => inner.inject(context, carrier, setter),
    extract(context, carrier, getter) {
      const own = withFaults(context, getter.get(carrier, FAULT_HEADER));
      if (hasFault(own, "back-does-not-extract")) return own;
      if (!hasFault(own, "wrong-parent")) return inner.extract(own, carrier, getter);
      const otherHeader: typeof getter = {
        keys: (from) => getter.keys(from),
        get: (from, key) => getter.get(from, key === "traceparent" ? OTHER_PARENT_HEADER : key),
      };
      return inner.extract(own, carrier, otherHeader);
    },
  };
}
