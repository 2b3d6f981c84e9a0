/** A service that is a process: on SIGTERM it sends what it has and ends, or is killed with what it has. */
import { startTelemetry } from "@baton/telemetry";
import { tracedHandler } from "@baton/telemetry/http";

const telemetry = startTelemetry({
  serviceName: "ending",
  env: {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${process.env.OTLP_PORT}`,
    // Long enough for the last spans to wait in the queue when the signal comes.
    OTEL_BSP_SCHEDULE_DELAY: "500",
    OTEL_METRICS_EXPORTER: "none",
    OTEL_LOGS_EXPORTER: "none",
  },
  onReport: () => {},
});
const handle = () => new Response("here");
const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: tracedHandler(telemetry)(handle) });
process.on("SIGTERM", async () => {
  // Not process.exit(): telemetry sends what it has before that.
  if (process.env.IN_ORDER !== "yes") process.kill(process.pid, "SIGKILL");
  await server.stop();
  await telemetry.shutdown();
  process.exit(0);
});
console.log(server.url.href);
