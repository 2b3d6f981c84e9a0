/** The containers of compose.yaml as a project of its own, besides others on this machine. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { findCompose } from "../../deploy/compose/engine.ts";
import { type Profile, profileArguments, profiles, profileVariables } from "../../deploy/compose/profiles.ts";
import { inOneFile, takeByTag } from "./by-tag.ts";
import { createCommands, type Variables } from "./commands.ts";
import type { Container } from "./container.ts";

export type Service = "front" | "back" | "jaeger" | "prometheus" | "collector" | "lab-front";

export interface Project {
  readonly name: string;
  /** The tags of images that are taken in place of the ones that a digest names. */
  readonly byTag: readonly string[];
  /** The warnings of Compose about compose.yaml. @throws Error when it is invalid. */
  warnings(selected: readonly Profile[]): Promise<string>;
  /**
   * Starts everything of the profiles, and waits until it is healthy. The images are built the first time; a service
   * whose variables changed is started again.
   */
  up(selected?: readonly Profile[], variables?: Variables): Promise<void>;
  /** Any other subcommand. @returns Its output. @throws Error with the output when it fails. */
  compose(...args: readonly string[]): Promise<string>;
  /** Where a port of a service is on this machine now; it is another one after each start. */
  url(service: Service, port: number): Promise<string>;
  containers(): Promise<readonly Container[]>;
  /**
   * Cancels running commands and removes everything, with the images that were built for it. Safe to call twice.
   * @throws Error when something is left.
   */
  remove(): Promise<void>;
}

const root = `${import.meta.dir}/../..`;

/** Port 0 is any free port, so that a project on the usual ports can keep running. */
const anyPort: Variables = {
  BATON_FRONT_PORT: "0",
  BATON_JAEGER_PORT: "0",
  BATON_LAB_PORT: "0",
  BATON_OTLP_PORT: "0",
  BATON_OTLP_GRPC_PORT: "0",
  BATON_PROMETHEUS_PORT: "0",
};

/** @throws Error when no container engine answers. */
export function createProject(name: string): Project {
  const [engine = "", ...subcommand] = findCompose();
  const byTag = takeByTag(
    { compose: readFileSync(`${root}/compose.yaml`, "utf8"), dockerfile: readFileSync(`${root}/Dockerfile`, "utf8") },
    (image) => Bun.spawnSync([engine, "image", "inspect", image], { stdout: "ignore", stderr: "ignore" }).success,
  );
  const file = `${tmpdir()}/${name}.json`;
  if (byTag !== undefined) writeFileSync(file, inOneFile(byTag));
  const where = byTag === undefined ? [] : ["--file", file, "--project-directory", root];
  const commands = createCommands(root);
  const lastCommands = createCommands(root);
  const compose = (selected: readonly Profile[], ...args: readonly string[]) => [
    ...[engine, ...subcommand, "--project-name", name, ...where],
    ...profileArguments(selected),
    ...args,
  ];
  const run = (command: readonly string[], variables: Variables = {}) =>
    commands.run(command, { ...anyPort, ...variables });
  let removal: Promise<void> | undefined;

  return {
    name,
    byTag: byTag?.tags ?? [],
    async warnings(selected) {
      const { stderr } = await run(compose(selected, "config", "--quiet"), profileVariables(selected));
      return stderr.trim();
    },
    async up(selected = [], variables = {}) {
      const command = compose(selected, "up", "--detach", "--wait", "--quiet-pull");
      await run(command, { ...profileVariables(selected), ...variables });
    },
    async compose(...args) {
      const { stdout } = await run(compose(profiles, ...args));
      return stdout;
    },
    async url(service, port) {
      const { stdout } = await run(compose(profiles, "port", service, String(port)));
      return `http://${stdout.trim()}`;
    },
    async containers() {
      const { stdout } = await run([engine, "container", "ls", "--all", "--quiet", "--filter", labelOf(name)]);
      const { stdout: found } = await run([engine, "inspect", ...idsIn(stdout)]);
      return JSON.parse(found);
    },
    remove() {
      removal ??= (async () => {
        await commands.cancel();
        const args = ["down", "--volumes", "--remove-orphans", "--rmi", "local", "--timeout", "5"];
        await lastCommands.run(compose(profiles, ...args), anyPort);
        rmSync(file, { force: true });
        const left = [];
        for (const kind of ["container", "network", "volume", "image"]) {
          const all = kind === "container" ? ["--all"] : [];
          const { stdout } = await lastCommands.run([engine, kind, "ls", ...all, "--quiet", "--filter", labelOf(name)]);
          left.push(...idsIn(stdout).map((id) => `${kind} ${id}`));
        }
        if (left.length > 0) throw new Error(`${name} left behind: ${left.join(", ")}`);
      })();
      return removal;
    },
  };
}

function labelOf(project: string): string {
  return `label=com.docker.compose.project=${project}`;
}

function idsIn(output: string): readonly string[] {
  return output.split("\n").filter((line) => line !== "");
}
