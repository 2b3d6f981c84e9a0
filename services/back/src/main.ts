/** Runs back: config -> telemetry -> server -> signals. */
import { exitOnSignals } from "@baton/service";
import { createLogger, startTelemetry } from "@baton/telemetry";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { readBackConfig } from "./config.ts";
import { createBackServer } from "./server.ts";

// What gRPC would print arrives here as an error too, and is told once.
setLogVerbosity(logVerbosity.NONE);

const config = readBackConfig(process.env);
const telemetry = startTelemetry({ serviceName: "back", baggageAttributes: ["dice.table"] });
const log = createLogger(telemetry);
for (const problem of config.problems) log.warn({}, problem);

const server = createBackServer({ telemetry, log, maxConnectionAgeMs: config.maxConnectionAgeMs });
exitOnSignals({
  log,
  async stop() {
    await server.shutdown(config.shutdownTimeoutMs);
    await telemetry.shutdown();
  },
});

try {
  const port = await server.listen(config.host, config.port);
  log.info({ host: config.host, port }, `back answers gRPC on ${config.host}:${port}`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log.error({}, `back cannot use ${config.host}:${config.port}; see BACK_HOST and BACK_PORT: ${reason}`);
  process.exit(1);
}
