/** The health check of the proxy's container: exits with 0 when the proxy and the stranger listen, else with 1. */
import { readProxyConfig } from "./proxy-config.ts";

const timeoutMs = 2000;

const url = `http://127.0.0.1:${readProxyConfig(process.env).strangerPort}/`;
try {
  const { ok, status } = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  if (!ok) throw new Error(`it answered ${status}`);
} catch (error) {
  console.error(`${url}: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
