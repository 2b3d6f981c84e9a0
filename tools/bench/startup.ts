/** How long telemetry takes at the start of a service: many processes that each load and start it once. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { median } from "./statistics.ts";

const RUNS = 11;
const CHILD = new URL("./startup-child.ts", import.meta.url).pathname;

/** Milliseconds, medians: `import` of the package with `/http` and `/grpc`, and `startTelemetry()`. */
export interface StartUp {
  /** From the TypeScript files and `node_modules`, as on a developer's machine, from the second start on. */
  readonly source: number;
  /** The same before Bun has cached the transpiled files, which it does below `HOME`. */
  readonly uncached: number;
  /** From one file made by `bun build`, as in the images. */
  readonly bundle: number;
}

export async function measureStartUp(endpoint: string): Promise<StartUp> {
  const folder = await mkdtemp(`${tmpdir()}/baton-bench-`);
  try {
    const build = Bun.spawn([process.execPath, "build", "--target=bun", `--outdir=${folder}`, CHILD], {
      stdout: "ignore",
      stderr: "inherit",
    });
    if ((await build.exited) !== 0) throw new Error("bun build failed");
    return {
      source: await medianTime(CHILD, endpoint, { HOME: folder }),
      uncached: await medianTime(CHILD, endpoint),
      bundle: await medianTime(`${folder}/startup-child.js`, endpoint),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function medianTime(entry: string, endpoint: string, env: Record<string, string> = {}): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const child = Bun.spawn([process.execPath, entry], {
      env: { PATH: process.env.PATH ?? "", NODE_ENV: "production", OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env },
      stdout: "pipe",
      stderr: "inherit",
    });
    times.push(Number((await child.stdout.text()).trim().split("\n").at(-1)));
    await child.exited;
  }
  return median(times);
}
