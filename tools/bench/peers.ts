/** The projects that the benchmark compares with, outside of the workspaces. Each is installed when it is needed. */

const PROJECTS: Readonly<Record<string, string>> = {
  plain: "peers",
  peers: "peers",
  node: "peers/runtimes",
  deno: "peers/runtimes",
};

/** @param only As in the options: none for all of them. */
export async function installPeers(only: readonly string[]): Promise<void> {
  const needed = Object.entries(PROJECTS).filter(([name]) => only.length === 0 || only.includes(name));
  for (const project of new Set(needed.map(([, folder]) => folder))) {
    const cwd = new URL(`./${project}/`, import.meta.url).pathname;
    const command = [process.execPath, "install", "--frozen-lockfile", "--silent"];
    const install = Bun.spawn(command, { cwd, stdout: "inherit", stderr: "inherit" });
    if ((await install.exited) !== 0) throw new Error(`bun install failed in ${cwd}`);
  }
}
