/** A script that ends spans, more than one batch, and then itself. It never shuts telemetry down. */
import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "front" });
for (let index = 0; index < 1000; index++) telemetry.tracer.startSpan(`span ${index}`).end();
console.log("done");
