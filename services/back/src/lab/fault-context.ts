/** Which faults a call asks for. They go with the context of the call. */
import { type Context, createContextKey } from "@opentelemetry/api";

/** The key of the metadata. */
export const FAULT_HEADER = "x-lab-fault";
/** The second header with a parent, which a wrong back prefers. */
export const OTHER_PARENT_HEADER = "x-request-parent";

const FAULTS = createContextKey("lab faults");
const NAMES = /^[a-z0-9,-]{1,200}$/;

/** @param value One fault, or several with commas between them. */
export function withFaults(context: Context, value: unknown): Context {
  return typeof value === "string" && NAMES.test(value) ? context.setValue(FAULTS, value) : context;
}

/** As in the header. */
export function faultsOf(context: Context): string | undefined {
  const faults = context.getValue(FAULTS);
  return typeof faults === "string" ? faults : undefined;
}

export function hasFault(context: Context, fault: string): boolean {
  return faultsOf(context)?.split(",").includes(fault) ?? false;
}
