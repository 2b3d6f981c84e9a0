/** A propagator that reads which fault a call asks for, and makes the faults of reading headers. */
import type { TextMapPropagator } from "@opentelemetry/api";
import { FAULT_HEADER, OTHER_PARENT_HEADER, withFault } from "./fault-context.ts";

export function createFaultyPropagator(inner: TextMapPropagator): TextMapPropagator {
  return {
    fields: () => inner.fields(),
    inject: (context, carrier, setter) => inner.inject(context, carrier, setter),
    extract(context, carrier, getter) {
      const fault = getter.get(carrier, FAULT_HEADER);
      if (fault === "back-does-not-extract") return withFault(context, fault);
      if (fault !== "wrong-parent") return withFault(inner.extract(context, carrier, getter), fault);
      const otherHeader: typeof getter = {
        keys: (from) => getter.keys(from),
        get: (from, key) => getter.get(from, key === "traceparent" ? OTHER_PARENT_HEADER : key),
      };
      return withFault(inner.extract(context, carrier, otherHeader), fault);
    },
  };
}
