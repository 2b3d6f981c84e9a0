/** The health check of front's container: asks the front of this machine, exits with 0 when it answers, else with 1. */
import { hostAndPort } from "@baton/service";
import { readFrontConfig } from "./config.ts";

const timeoutMs = 2000;

const { host, port } = readFrontConfig(process.env);
const url = `http://${hostAndPort(host, port)}/healthz`;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!ok) throw new Error(`answered ${status}`);
} catch (error) {
  console.error(`${url}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
