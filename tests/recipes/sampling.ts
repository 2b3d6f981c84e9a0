import { startTelemetry, withSpan } from "@baton/telemetry";

// Usually these two variables are set where the service is deployed, and the code says nothing about sampling.
const telemetry = startTelemetry({
  serviceName: "thermometer",
  env: { ...process.env, OTEL_TRACES_SAMPLER: "parentbased_traceidratio", OTEL_TRACES_SAMPLER_ARG: "0.1" },
});

// One trace of ten is recorded, always with all of its spans: a child does what its parent does.
for (let i = 0; i < 1000; i++) {
  withSpan(telemetry, "measure", () => withSpan(telemetry, "read sensor", () => 21.5));
}

await telemetry.shutdown();
