/** Starts telemetry, makes one span and ends. */
import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
telemetry.tracer.startSpan("span", { attributes: { key: "value" } }).end();
await telemetry.shutdown();
