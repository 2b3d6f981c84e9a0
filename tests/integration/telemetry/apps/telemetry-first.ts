/** Starts telemetry, then loads the library. */
import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
const { work }: { work: (name: string) => Promise<void> } = require("./library.cjs");
await work("telemetry first");
await telemetry.shutdown();
