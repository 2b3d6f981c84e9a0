/** Logs to a standard output whose reader went away, then reports over its exit code whether it still works. */
import { createLogger, startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
const logger = createLogger(telemetry);
process.on("uncaughtException", () => process.exit(70));
process.on("unhandledRejection", () => process.exit(71));

// The reader says on standard input that it is gone.
await Bun.stdin.text();
for (let count = 0; count < 1000; count += 1) {
  logger.info({ count }, "a line that is not read");
  if (count % 100 === 0) await Bun.sleep(0);
}
telemetry.tracer.startSpan("still alive").end();
await telemetry.shutdown();
