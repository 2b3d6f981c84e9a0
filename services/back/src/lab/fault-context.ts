/** Which fault a call asks for. It goes with the context of the call. */
import { type Context, createContextKey } from "@opentelemetry/api";

/** The key of the metadata. */
export const FAULT_HEADER = "x-lab-fault";
/** The second header with a parent, which a wrong back prefers. */
export const OTHER_PARENT_HEADER = "x-request-parent";

const FAULT = createContextKey("lab fault");

export function withFault(context: Context, value: unknown): Context {
  return typeof value === "string" ? context.setValue(FAULT, value) : context;
}

export function faultOf(context: Context): string | undefined {
  const fault = context.getValue(FAULT);
  return typeof fault === "string" ? fault : undefined;
}
