/** Starts telemetry, makes one span, and shuts telemetry down after whatever the span has begun at once. */
import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
telemetry.tracer.startSpan("span", { attributes: { key: "value" } }).end();
await new Promise(setImmediate);
await telemetry.shutdown();
