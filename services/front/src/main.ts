/** Runs front: config -> telemetry -> client of back -> server -> signals. */
import { announce, endEarlierLoad, exitOnSignals, hostAndPort, terminalOf, withPromptExport } from "@baton/service";
import { createLogger, startTelemetry } from "@baton/telemetry";
import { type FrontConfig, readFrontConfig } from "./config.ts";
import { createDiceClient } from "./dice-client.ts";
import { createFrontServer } from "./server.ts";

await endEarlierLoad();
const terminal = terminalOf("front", process.stdout);
/** The baggage of this pair. Other keys that a caller sends are not read and do not reach back. */
const baggageKeys = ["dice.table"];
const started = startTelemetry({
  serviceName: "front",
  env: withPromptExport(process.env),
  baggage: { allowIn: baggageKeys, allowOut: baggageKeys },
  baggageAttributes: baggageKeys,
  ...(terminal && { onReport: terminal.report }),
});
const config = readConfig();
const { telemetry = started, lab } = config.lab
  ? await (await import("./lab/front-lab.ts")).createFrontLab(started, process.env)
  : {};
const log = createLogger(telemetry, terminal && { destination: terminal });
for (const problem of [...config.problems, ...(lab?.problems ?? [])]) log.warn({}, problem);

const connect = (address: string) =>
  createDiceClient({
    address,
    callTimeoutMs: config.callTimeoutMs,
    telemetry,
    ...(lab && { grpcTelemetry: lab.grpcClient }),
  });
const dice = connect(config.backAddress);
const options =
  lab &&
  (await import("./routes/options.ts")).createOptionEndpoints({ telemetry, lab, backAddress: config.backAddress });
// For the spans of the page. Front's own telemetry sends metrics and logs.
const browser =
  lab &&
  startTelemetry({
    serviceName: "page",
    register: false,
    env: {
      ...withPromptExport(process.env),
      OTEL_SERVICE_NAME: "page",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
  });
const server = createFrontServer({
  telemetry,
  log,
  dice: lab?.wrapDice(dice, connect) ?? dice,
  config,
  ...(browser && { browser }),
  ...(lab && { lab }),
  ...(options && { answerOption: options.handle }),
});
exitOnSignals({
  log,
  async stop(timeoutMs = config.shutdownTimeoutMs) {
    await server.shutdown(timeoutMs);
    dice.close();
    options?.close();
    await lab?.close();
    await Promise.all([telemetry.shutdown(), browser?.shutdown()]);
  },
});

try {
  const url = server.listen(config.host, config.port);
  const where = { url: url.href };
  announce({ log, terminal, message: "front answers HTTP", where, telemetry: telemetry.config });
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log.error(
    {},
    `front cannot listen on ${hostAndPort(config.host, config.port)}. Set FRONT_HOST and FRONT_PORT to another address. Reason: ${reason}`,
  );
  process.exit(1);
}

const { backAddress } = config;
dice.watch({
  onUp: () => log.info({}, `back answers on ${backAddress}`),
  onLost: () => log.info({}, `the connection to back on ${backAddress} ended; opening another one`),
  onDown: () => log.warn({}, `back does not answer on ${backAddress}: requests that need it get 503 until it does`),
});

function readConfig(): FrontConfig {
  try {
    return readFrontConfig(process.env);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    createLogger(started, terminal && { destination: terminal }).error({}, `front does not start. ${reason}`);
    process.exit(1);
  }
}
