/** Where no span is active: the place from which events and servers come. */
import { context, ROOT_CONTEXT } from "@opentelemetry/api";

/** Runs a function outside of every context. */
export function outside<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}
