/** The resources that processes have used, from Linux. */
import { readdir } from "node:fs/promises";

/** Clock ticks for each second: 100 on every architecture of Linux. */
const ticksPerSecond = 100;

/** CPU time of a process and its descendants, in seconds. */
export async function cpuSeconds(pid: number): Promise<number> {
  const all = await readProcesses();
  const family = new Set([pid]);
  // Children mostly have greater numbers than their parents; a second pass finds the others.
  for (let look = 0; look < 2; look += 1) {
    for (const one of all) if (family.has(one.parent)) family.add(one.pid);
  }
  return all.filter((one) => family.has(one.pid)).reduce((total, one) => total + one.ticks, 0) / ticksPerSecond;
}

async function readProcesses() {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = await Promise.all(pids.map((pid) => readProcess(Number(pid)).catch(() => undefined)));
  return all.filter((one) => one !== undefined);
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
async function readProcess(pid: number) {
  const stat = await Bun.file(`/proc/${pid}/stat`).text();
  // The second field is the name in parentheses and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [parent = 0, user = 0, system = 0] = [fields[1], fields[11], fields[12]].map(Number);
  return { pid, parent, ticks: user + system };
}

export async function folderBytes(path: string, pattern: RegExp): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const full = `${entry.parentPath}/${entry.name}`;
    // Segments are allocated in advance: the size on disk differs from the length of the file.
    if (entry.isFile() && pattern.test(full)) bytes += await allocatedBytes(full);
  }
  return bytes;
}

async function allocatedBytes(path: string): Promise<number> {
  const { size, blocks } = await Bun.file(path).stat();
  return Math.min(size, blocks * 512);
}
