/**
 * Programs that send with the exporters of other languages. What they need is fetched once, into a folder for temporary
 * files; where a runtime is absent, or nothing can be fetched, there is no program and a line that says why.
 */
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A command, to which the protocol is added: `http` or `grpc`. */
export type Sender = readonly string[];

/** For all of it together. What is fetched and built by then is there the next time. */
const PATIENCE_MS = 60_000;

export async function preparePython(): Promise<Sender | undefined> {
  const source = join(import.meta.dir, "python");
  const python = Bun.which("python3");
  if (!python) return skip("Python", "no python3 is found");
  const folder = await cacheFolder("python", [join(source, "requirements.txt")]);
  const environment = join(folder, "bin", "python");
  const sender = [environment, join(source, "send.py")];
  if (await Bun.file(join(folder, "done")).exists()) return sender;
  const failure = await run(
    [python, "-m", "venv", folder],
    [
      environment,
      "-m",
      "pip",
      "install",
      "--quiet",
      "--disable-pip-version-check",
      "-r",
      join(source, "requirements.txt"),
    ],
  );
  if (failure !== undefined) return skip("Python", failure);
  await Bun.write(join(folder, "done"), "");
  return sender;
}

export async function prepareGo(): Promise<Sender | undefined> {
  const source = join(import.meta.dir, "go");
  const go = Bun.which("go");
  if (!go) return skip("Go", "no go is found");
  const folder = await cacheFolder(
    "go",
    ["go.mod", "main.go"].map((name) => join(source, name)),
  );
  const program = join(folder, "send");
  if (await Bun.file(program).exists()) return [program];
  const failure = await run([go, "build", "-C", source, "-o", program, "."]);
  return failure === undefined ? [program] : skip("Go", failure);
}

/** Another one when what it is made of changes. */
async function cacheFolder(language: string, sources: readonly string[]): Promise<string> {
  const texts = await Promise.all(sources.map((path) => Bun.file(path).text()));
  const folder = join(tmpdir(), "baton-exporters", `${language}-${Bun.hash(texts.join("\n")).toString(16)}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** One command after the other. @returns Why one of them failed */
async function run(...commands: readonly (readonly string[])[]): Promise<string | undefined> {
  const end = performance.now() + PATIENCE_MS;
  for (const command of commands) {
    const timeout = Math.ceil(Math.max(1, end - performance.now()));
    const child = Bun.spawn([...command], { stdout: "ignore", stderr: "pipe", timeout });
    const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited]);
    if (child.signalCode) return `its exporters were not there within ${PATIENCE_MS / 1000} s`;
    if (code !== 0) return said.trim().split("\n").at(-1) ?? `${command[0]} ended with ${code}`;
  }
  return undefined;
}

function skip(language: string, why: string): undefined {
  console.warn(`Skipped: the tests of the exporters of ${language}: ${why}`);
  return undefined;
}
