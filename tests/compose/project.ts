/** The containers of compose.yaml as a project of its own, beside whatever else runs on this machine. */
import { findCompose } from "../../deploy/compose/engine.ts";
import { type Profile, profileArguments, profiles, profileVariables } from "../../deploy/compose/profiles.ts";

export type Service = "front" | "back" | "jaeger" | "prometheus" | "collector";
export type Variables = Readonly<Record<string, string>>;

export interface Project {
  readonly name: string;
  /** What Compose finds wrong with compose.yaml. @throws When it cannot be used. */
  warnings(selected: readonly Profile[]): Promise<string>;
  /**
   * Starts everything of the profiles, and waits until it is healthy. The images are built the first time; a service
   * whose variables changed is started anew.
   */
  up(selected?: readonly Profile[], variables?: Variables): Promise<void>;
  /** Any other subcommand. @returns What it printed. @throws When it fails, with what it said. */
  compose(...args: readonly string[]): Promise<string>;
  /** Where a port of a service is on this machine now; it is another one after each start. */
  url(service: Service, port: number): Promise<string>;
  containers(): Promise<readonly Container[]>;
  /** Removes all of it, and the images that were built for it. @throws When something is left. */
  remove(): Promise<void>;
}

/** The part of `docker inspect` that is looked at. */
export interface Container {
  readonly Name: string;
  readonly State: { readonly ExitCode: number; readonly OOMKilled: boolean; readonly StartedAt: string };
  readonly RestartCount: number;
  readonly Config: { readonly User: string; readonly Labels: Readonly<Record<string, string>> };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly Init: boolean | null;
    readonly Memory: number;
  };
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string }[] | null>>;
  };
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const root = `${import.meta.dir}/../..`;

/** Port 0 is any free port, so that a project which uses the usual ones can keep running. */
const anyPort: Variables = {
  BATON_FRONT_PORT: "0",
  BATON_JAEGER_PORT: "0",
  BATON_OTLP_PORT: "0",
  BATON_PROMETHEUS_PORT: "0",
};

/** @throws When no container engine answers. */
export function createProject(name: string): Project {
  const [engine = "", ...subcommand] = findCompose();
  const run = async (args: readonly string[], variables: Variables = {}) => {
    const { stdout } = await runCommand([engine, ...args], variables);
    return stdout;
  };
  const inProject = (args: readonly string[]) => [...subcommand, "--project-name", name, ...args];
  const compose = (args: readonly string[], variables?: Variables) => run(inProject(args), variables);
  const ids = async (kind: string, ...args: readonly string[]) => {
    const filter = ["--quiet", "--filter", `label=com.docker.compose.project=${name}`];
    return lines(await run([kind, "ls", ...args, ...filter]));
  };

  return {
    name,
    async warnings(selected) {
      const args = inProject([...profileArguments(selected), "config", "--quiet"]);
      const { stderr } = await runCommand([engine, ...args], profileVariables(selected));
      return stderr.trim();
    },
    async up(selected = [], variables = {}) {
      const args = [...profileArguments(selected), "up", "--detach", "--wait", "--quiet-pull"];
      await compose(args, { ...profileVariables(selected), ...variables });
    },
    compose: (...args) => compose([...profileArguments(profiles), ...args]),
    async url(service, port) {
      const args = [...profileArguments(profiles), "port", service, String(port)];
      return `http://${(await compose(args)).trim()}`;
    },
    async containers() {
      const containers = await ids("container", "--all");
      return JSON.parse(await run(["inspect", ...containers]));
    },
    async remove() {
      const args = ["down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5"];
      await compose([...profileArguments(profiles), ...args]);
      const kinds = [ids("container", "--all"), ids("network"), ids("volume"), ids("image")];
      const left = (await Promise.all(kinds)).flat();
      if (left.length > 0) throw new Error(`${name} left behind: ${left.join(", ")}`);
    },
  };
}

/** `HOME`, `PATH` and the engine's own variables come from this process. */
async function runCommand(command: readonly string[], variables: Variables): Promise<Output> {
  const process_ = Bun.spawn([...command], {
    cwd: root,
    env: { ...process.env, ...anyPort, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
    // The terminal's Ctrl+C is for the test, which then removes the project; it must not also stop that.
    detached: true,
  });
  const [stdout, stderr, code] = await Promise.all([process_.stdout.text(), process_.stderr.text(), process_.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${lastLines(stdout + stderr)}`);
  return { stdout, stderr };
}

function lines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

function lastLines(text: string): string {
  return lines(text).slice(-30).join("\n");
}
