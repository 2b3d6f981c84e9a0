/** `bun run conformance`: the service that the W3C harness calls. It calls back only loopback addresses. */
import { startTelemetry } from "@baton/telemetry";
import { readPort } from "./config.ts";
import { startRelay } from "./relay.ts";

const port = readPort(process.env);
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
