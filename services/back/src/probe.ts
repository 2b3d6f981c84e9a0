/** The health check of back's container: asks the back of this machine, exits with 0 when it serves, else with 1. */
import { hostAndPort } from "@baton/service";
import { createChannel, createClient } from "nice-grpc";
import { HealthDefinition } from "nice-grpc-server-health";
import { readBackConfig } from "./config.ts";

const timeoutMs = 2000;
/** `SERVING` in grpc.health.v1; the package does not export the enumeration. */
const serving = 1;

const { host, port } = readBackConfig(process.env);
const address = hostAndPort(host, port);
const channel = createChannel(address);
try {
  const client = createClient(HealthDefinition, channel);
  const { status } = await client.check({ service: "" }, { signal: AbortSignal.timeout(timeoutMs) });
  if (status !== serving) throw new Error(`health status is ${status}`);
} catch (error) {
  console.error(`${address}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
} finally {
  channel.close();
}
