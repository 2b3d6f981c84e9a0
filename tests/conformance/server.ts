/** `bun run conformance`: the service that the W3C harness talks to. It calls back loopback addresses only. */
import { startTelemetry } from "@baton/telemetry";
import { startRelay } from "./relay.ts";

const DEFAULT_PORT = 5000;

const port = Number(process.env.PORT || DEFAULT_PORT);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`PORT: must be a whole number from 0 to 65535, not "${process.env.PORT}"`);
  process.exit(1);
}
const telemetry = startTelemetry({ serviceName: "conformance" });
const relay = await startRelay(telemetry, port);
console.log(`conformance server: POST http://127.0.0.1:${relay.port}/test`);

async function stop(): Promise<void> {
  await relay.stop();
  await telemetry.shutdown();
  process.exit(0);
}
process.once("SIGINT", stop);
process.once("SIGTERM", stop);
