/** Makes one span, or logs one line, sends it, and prints which packages were loaded for that. */
import { createLogger, startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app" });
if (process.env.APP_LOGS) createLogger(telemetry, { destination: { write: () => {} } }).info("a line");
else telemetry.tracer.startSpan("span").end();
await telemetry.shutdown();
const packages = Object.keys(require.cache).flatMap(
  (path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
);
process.stdout.write(`${JSON.stringify([...new Set(packages)].sort())}\n`);
