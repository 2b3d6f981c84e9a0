/** A script that ends by itself and never shuts telemetry down. */
import { createLogger, startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
telemetry.tracer.startSpan("span").end();
createLogger(telemetry).info("done");
