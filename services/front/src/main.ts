/** Runs front: config -> telemetry -> client of back -> server -> signals. */
import { exitOnSignals, hostAndPort } from "@baton/service";
import { createLogger, startTelemetry } from "@baton/telemetry";
import { readFrontConfig } from "./config.ts";
import { createDiceClient } from "./dice-client.ts";
import { createFrontServer } from "./server.ts";

const config = readFrontConfig(process.env);
const started = startTelemetry({ serviceName: "front", baggageAttributes: ["dice.table"] });
const { telemetry = started, lab } = config.lab
  ? (await import("./lab/front-lab.ts")).createFrontLab(started, process.env)
  : {};
const log = createLogger(telemetry);
for (const problem of config.problems) log.warn({}, problem);

const dice = createDiceClient({
  address: config.backAddress,
  callTimeoutMs: config.callTimeoutMs,
  telemetry,
  ...(lab && { grpcTelemetry: lab.grpcClient }),
});
const options =
  lab &&
  (await import("./routes/options.ts")).createOptionEndpoints({ telemetry, lab, backAddress: config.backAddress });
// For the spans of the page. Front's own telemetry sends metrics and logs.
const browser =
  lab &&
  startTelemetry({
    serviceName: "browser",
    register: false,
    env: { ...process.env, OTEL_SERVICE_NAME: "browser", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" },
  });
const server = createFrontServer({
  telemetry,
  log,
  dice: lab?.wrapDice(dice) ?? dice,
  page: { ...config, ...(browser && { browser }) },
  ...(lab && { lab }),
  ...(options && { before: options.handle }),
});
exitOnSignals({
  log,
  async stop() {
    await server.shutdown(config.shutdownTimeoutMs);
    dice.close();
    options?.close();
    await Promise.all([telemetry.shutdown(), browser?.shutdown()]);
  },
});

try {
  const url = server.listen(config.host, config.port);
  log.info({ url: url.href }, `front answers HTTP on ${url.href}`);
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  log.error(
    {},
    `front cannot listen on ${hostAndPort(config.host, config.port)}. Set FRONT_HOST and FRONT_PORT to another address. Reason: ${reason}`,
  );
  process.exit(1);
}

const back = { address: config.backAddress };
dice.watch({
  onUp: () => log.info(back, `back answers on ${back.address}`),
  onLost: () => log.info(back, `the connection to back on ${back.address} ended; opening another one`),
  onDown: () => log.warn(back, `back does not answer on ${back.address}: requests that need it get 503 until it does`),
});
