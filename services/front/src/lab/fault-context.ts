/** Which fault a request asks for. It goes with the context of the request, and to back in the metadata. */
import { type Context, createContextKey } from "@opentelemetry/api";

/** The header of a request, and the key of the metadata. */
export const FAULT_HEADER = "x-lab-fault";
/** The second header with a parent, which a wrong back prefers. */
export const OTHER_PARENT_HEADER = "x-request-parent";

const FAULT = createContextKey("lab fault");
const NAME = /^[a-z0-9-]{1,40}$/;

export function withFault(context: Context, value: unknown): Context {
  return typeof value === "string" && NAME.test(value) ? context.setValue(FAULT, value) : context;
}

export function faultOf(context: Context): string | undefined {
  const fault = context.getValue(FAULT);
  return typeof fault === "string" ? fault : undefined;
}
