/** Projects of other people: empty folders into which the packed telemetry is installed from the registry. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import rootManifest from "../../package.json" with { type: "json" };

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
export const PACKAGE = join(ROOT, "shared/telemetry");

export interface Output {
  readonly code: number;
  /** Standard output and standard error. */
  readonly text: string;
}

/** A package as `bun add` takes it, in the version that this repository uses. */
export function pinned(name: keyof typeof rootManifest.workspaces.catalog): string {
  return `${name}@${rootManifest.workspaces.catalog[name]}`;
}

/** Runs a program to its end, whatever the end is. */
export async function outputOf(command: readonly string[], cwd: string, env = {}): Promise<Output> {
  const child = Bun.spawn([...command], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { code, text: out + errors };
}

/** Runs a program that has to succeed, and gives what it printed. */
export async function run(command: readonly string[], cwd: string, env = {}): Promise<string> {
  const { code, text } = await outputOf(command, cwd, env);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${text}`);
  return text;
}

export function bun(args: readonly string[], cwd: string): Promise<string> {
  return run([process.execPath, ...args], cwd);
}

/** A folder for the tarball and the projects. */
export class Workplace implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Workplace> {
    return new Workplace(await mkdtemp(join(tmpdir(), "baton-package-")));
  }

  /** Packs the telemetry, and gives the path of the tarball. */
  async pack(): Promise<string> {
    const output = await bun(["pm", "pack", "--quiet", "--destination", this.folder], PACKAGE);
    const tarball = output.split("\n").find((line) => line.endsWith(".tgz"));
    if (tarball === undefined) throw new Error(`bun pm pack names no tarball:\n${output}`);
    return tarball;
  }

  /** A new project with these packages and files. */
  async project(
    name: string,
    packages: readonly string[],
    files: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name, type: "module" }));
    for (const [path, text] of Object.entries(files)) await Bun.write(join(folder, path), text);
    if (packages.length > 0) await bun(["add", "--silent", ...packages], folder);
    return folder;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
