/** The result of one run of the benchmark, as in result.json. */
import { arch, cpus, platform, release, totalmem } from "node:os";
import type { LatencyRun } from "./latency.ts";
import type { Measured } from "./measure.ts";
import { otherRuntimes } from "./runtimes.ts";
import type { SinkCounts } from "./sink.ts";
import type { Outage, Soak } from "./soak.ts";
import type { StartUp } from "./startup.ts";
import type { Work, WorkKind } from "./work.ts";

export interface BenchResult {
  readonly date: string;
  /** The versions of the runtimes are among it; "not found" where there is none. */
  readonly machine: Readonly<Record<string, string>>;
  readonly method: Readonly<Record<string, number>>;
  /** By scenario, then by variant. */
  readonly scenarios: Readonly<Record<string, Readonly<Record<string, Measured>>>>;
  /** By variant. */
  readonly sink: Readonly<Record<string, SinkCounts>>;
  readonly startUpMs: StartUp;
  readonly latency?: LatencyRun;
  readonly work?: Readonly<Record<WorkKind, Work>>;
  readonly soak?: { readonly bareRss: number; readonly traced: Soak };
  readonly outage?: Outage;
}

/** The version of a runtime that is not on this machine. */
export const NOT_FOUND = "not found";

export function describeMachine(): Record<string, string> {
  const [cpu] = cpus();
  return {
    processor: `${cpus().length} x ${cpu?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()} ${arch()}`,
    bun: Bun.version,
    node: NOT_FOUND,
    deno: NOT_FOUND,
    ...Object.fromEntries(otherRuntimes().map(({ name, executable }) => [name, versionOf(executable)])),
  };
}

function versionOf(executable: string): string {
  const { stdout } = Bun.spawnSync([executable, "--version"]);
  return /\d+\.\d+\.\d+/.exec(stdout.toString())?.[0] ?? "unknown";
}
