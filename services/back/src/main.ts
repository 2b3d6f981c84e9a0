/** Runs back: config -> telemetry -> server -> signals. */
import { exitOnSignals, hostAndPort } from "@baton/service";
import { createLogger, startTelemetry } from "@baton/telemetry";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { readBackConfig } from "./config.ts";
import { createBackServer } from "./server.ts";

// Without this grpc-js prints errors that this service logs too.
setLogVerbosity(logVerbosity.NONE);

const config = readBackConfig(process.env);
const options = { serviceName: "back", baggageAttributes: ["dice.table"], env: process.env };
const started = startTelemetry(options);
const { telemetry = started, lab } = config.lab
  ? (await import("./lab/back-lab.ts")).createBackLab(started, options)
  : {};
const log = createLogger(telemetry);
for (const problem of config.problems) log.warn({}, problem);

const optionServices = config.lab ? await import("./option-services.ts") : undefined;
const server = createBackServer({
  telemetry,
  log,
  maxConnectionAgeMs: config.maxConnectionAgeMs,
  addServices: (to) => optionServices?.addOptionServices(to, telemetry, lab?.grpcServer),
  ...(lab && { lab }),
});
exitOnSignals({
  log,
  async stop() {
    await server.shutdown(config.shutdownTimeoutMs);
    await telemetry.shutdown();
  },
});

try {
  const address = hostAndPort(config.host, await server.listen(config.host, config.port));
  log.info({ address }, `back answers gRPC on ${address}`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log.error(
    {},
    `back cannot listen on ${hostAndPort(config.host, config.port)}. Set BACK_HOST and BACK_PORT to another address. Reason: ${reason}`,
  );
  process.exit(1);
}
