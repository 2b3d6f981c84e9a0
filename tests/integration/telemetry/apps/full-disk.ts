/** Logs a line for each request, and answers it. */
import { createLogger, startTelemetry } from "@baton/telemetry";

const logger = createLogger(startTelemetry({ serviceName: "app" }));
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: (request) => {
    logger.info({ filler: "x".repeat(1000) }, new URL(request.url).pathname);
    return new Response("answered");
  },
});
process.stderr.write(`${server.url}\n`);
