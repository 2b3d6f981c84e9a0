import { startTelemetry, withSpan } from "@baton/telemetry";
import type { Link } from "@opentelemetry/api";

const telemetry = startTelemetry({ serviceName: "reports" });

// Two requests, each with a trace of its own. Keep the context of a span when something later must point to it.
const links: Link[] = [];
for (const name of ["order 1", "order 2"]) {
  withSpan(telemetry, name, (span) => links.push({ context: span.spanContext() }));
}

// One job that works on both. A span has one parent, so the job has none of them and links to each.
await withSpan(telemetry, "daily report", { links }, async () => {
  console.log(`a report of ${links.length} orders`);
});

await telemetry.shutdown();
