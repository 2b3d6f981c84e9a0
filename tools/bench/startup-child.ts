/** One start, in a process of its own; prints how long it took, in milliseconds. */

// A service loads these also without telemetry.
await import("elysia");
await import("nice-grpc");
await import("nice-grpc-common");

const startedAt = performance.now();
const { startTelemetry } = await import("@baton/telemetry");
await import("@baton/telemetry/http");
await import("@baton/telemetry/grpc");
const telemetry = startTelemetry({ serviceName: "startup", onReport: () => {} });
const took = performance.now() - startedAt;

await telemetry.shutdown();
console.log(took);
