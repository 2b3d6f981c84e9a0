/** Runs back: config -> telemetry -> server -> signals. */
import { announce, endEarlierLoad, exitOnSignals, hostAndPort, terminalOf, withPromptExport } from "@baton/service";
import { createLogger, startTelemetry } from "@baton/telemetry";
import { logVerbosity, setLogVerbosity } from "@grpc/grpc-js";
import { readBackConfig } from "./config.ts";
import { createBackServer } from "./server.ts";

// Without this grpc-js prints errors that this service logs too.
setLogVerbosity(logVerbosity.NONE);

await endEarlierLoad();
const config = readBackConfig(process.env);
const terminal = terminalOf("back", process.stdout);
/** The baggage of this pair. Other keys that a caller sends are not read. */
const baggageKeys = ["dice.table"];
const options = {
  serviceName: "back",
  env: withPromptExport(process.env),
  baggage: { allowIn: baggageKeys, allowOut: baggageKeys },
  baggageAttributes: baggageKeys,
  ...(terminal && { onReport: terminal.report }),
};
const started = startTelemetry(options);
const { telemetry = started, lab } = config.lab
  ? (await import("./lab/back-lab.ts")).createBackLab(started, options)
  : {};
const log = createLogger(telemetry, terminal && { destination: terminal });
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
  async stop(timeoutMs = config.shutdownTimeoutMs) {
    await server.shutdown(timeoutMs);
    await telemetry.shutdown();
  },
});

try {
  const where = { address: hostAndPort(config.host, await server.listen(config.host, config.port)) };
  announce({ log, terminal, message: "back answers gRPC", where, telemetry: telemetry.config });
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log.error(
    {},
    `back cannot listen on ${hostAndPort(config.host, config.port)}. Set BACK_HOST and BACK_PORT to another address. Reason: ${reason}`,
  );
  process.exit(1);
}
