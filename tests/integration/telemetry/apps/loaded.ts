/** Makes one span, sends it, and prints which packages were loaded for that. */
import { startTelemetry } from "@baton/telemetry";

const telemetry = startTelemetry({ serviceName: "app", onReport: () => {} });
telemetry.tracer.startSpan("span").end();
await telemetry.shutdown();
const packages = Object.keys(require.cache).flatMap(
  (path) => /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
);
process.stdout.write(JSON.stringify([...new Set(packages)].sort()));
