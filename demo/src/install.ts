/** Installs the packages of `bun.lock`, so that one command is enough on a new machine. */
import type { Terminal } from "./terminal.ts";

/** When everything is installed, the installer ends before, and nothing is said. */
const quietMs = 500;
const stillMs = 10_000;

/**
 * @returns Whether everything is installed. If not, the installer has printed the reason.
 */
export async function installPackages(root: string, terminal: Terminal, leave: AbortSignal): Promise<boolean> {
  const startedAt = performance.now();
  const seconds = () => Math.round((performance.now() - startedAt) / 1000);
  const installer = Bun.spawn([process.execPath, "install", "--frozen-lockfile", "--silent"], {
    cwd: root,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "inherit",
    signal: leave,
  });
  const first = setTimeout(() => terminal.write("Installing the packages of bun.lock ..."), quietMs);
  const timer = setInterval(() => terminal.write(`Still installing, for ${seconds()} s ...`), stillMs);
  const code = await installer.exited;
  clearTimeout(first);
  clearInterval(timer);
  if (code !== 0 && !leave.aborted) terminal.write("The packages could not be installed. The reason is above.");
  return code === 0;
}
