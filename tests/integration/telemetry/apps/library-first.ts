/** Loads the library, which asks for its tracer, before telemetry starts. */
import { startTelemetry } from "@baton/telemetry";

const { work }: { work: (name: string) => Promise<void> } = require("./library.cjs");
const telemetry = startTelemetry({ serviceName: "app" });
await work("library first");
await telemetry.shutdown();
