/** Suppression of tracing: in a marked context no span is created and nothing is propagated. */
import { type Context, createContextKey } from "@opentelemetry/api";

/** The key of OpenTelemetry's SDK. Keys of one name are equal, so a context that either marks is marked for both. */
const SUPPRESS_TRACING = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

export function suppressTracing(context: Context): Context {
  return context.setValue(SUPPRESS_TRACING, true);
}

export function isTracingSuppressed(context: Context): boolean {
  return context.getValue(SUPPRESS_TRACING) === true;
}
