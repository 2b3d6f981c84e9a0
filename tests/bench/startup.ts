/** How much of a service's start telemetry takes: many processes, each of which loads and starts it once. */
import { median } from "./statistics.ts";

const RUNS = 11;
const CHILD = new URL("./startup-child.ts", import.meta.url).pathname;

/** Milliseconds, the median: `import` of the package with its two doors, and `startTelemetry()`. */
export async function measureStartUp(endpoint: string): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const child = Bun.spawn([process.execPath, CHILD], {
      env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
      stdout: "pipe",
      stderr: "inherit",
    });
    times.push(Number((await child.stdout.text()).trim().split("\n").at(-1)));
    await child.exited;
  }
  return median(times);
}
