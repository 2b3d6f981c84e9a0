/** The same scenario on other runtimes, with the telemetry that is usual there. */
import type { PairOptions, Service } from "./pair.ts";

type Run = Required<Pick<PairOptions, "command" | "env">>;

export interface OtherRuntime {
  readonly name: "node" | "deno";
  readonly executable: string;
  readonly bare: Run;
  readonly traced: Run;
  /** The short name of its telemetry. */
  readonly telemetry: string;
}

const folder = new URL("./peers/runtimes/", import.meta.url).pathname;
const moduleOf = (service: Service): string => `${folder}${service}.cjs`;

/** Node.js of the PATH, and Deno of the project in peers/runtimes or of the PATH, where they are found. */
export function otherRuntimes(): OtherRuntime[] {
  const runtimes: OtherRuntime[] = [];
  const node = Bun.which("node");
  if (node !== null) {
    runtimes.push({
      name: "node",
      executable: node,
      telemetry: "sdk",
      bare: { command: (service) => [node, moduleOf(service)], env: {} },
      traced: {
        command: (service) => [node, "--require", `${folder}node-sdk.cjs`, moduleOf(service)],
        env: { BENCH_TELEMETRY: "on" },
      },
    });
  }
  const deno = findDeno();
  if (deno !== null) {
    const command = (service: Service) => [deno, "run", "--allow-all", moduleOf(service)];
    const quiet = { DENO_NO_UPDATE_CHECK: "1" };
    runtimes.push({
      name: "deno",
      executable: deno,
      telemetry: "otel",
      bare: { command, env: quiet },
      traced: { command, env: { ...quiet, BENCH_TELEMETRY: "on", OTEL_DENO: "true" } },
    });
  }
  return runtimes;
}

/** The program itself: `.bin/deno` is a script of Node.js that starts it, and the time of that script would be measured. */
function findDeno(): string | null {
  const [installed] = new Bun.Glob("node_modules/@deno/*/deno").scanSync({ cwd: folder, absolute: true });
  return installed ?? Bun.which("deno");
}
