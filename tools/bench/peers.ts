/** The packages that the benchmark compares with, in a folder outside of the workspaces, installed when first needed. */
import { existsSync } from "node:fs";

const folder = new URL("./peers/", import.meta.url).pathname;

export async function installPeers(): Promise<void> {
  if (existsSync(`${folder}node_modules`)) return;
  console.error("Installing the packages to compare with ...");
  const install = Bun.spawn([process.execPath, "install", "--frozen-lockfile", "--silent"], {
    cwd: folder,
    stdout: "inherit",
    stderr: "inherit",
  });
  if ((await install.exited) !== 0) throw new Error(`bun install failed in ${folder}`);
}
