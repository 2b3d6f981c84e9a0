import { startTelemetry, withSpan } from "@baton/telemetry";

// `bun test` sets NODE_ENV to "test". Elsewhere OTEL_SDK_DISABLED=true in the environment does the same.
const env = process.env.NODE_ENV === "test" ? { OTEL_SDK_DISABLED: "true" } : process.env;
const telemetry = startTelemetry({ serviceName: "quiet", env });

// The code stays as it is: this records nothing, and the function runs as always.
const sum = withSpan(telemetry, "add", () => 1 + 2);
console.log(sum);

await telemetry.shutdown();
