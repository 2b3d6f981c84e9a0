/** Finds the Compose of this machine. */

const candidates: readonly (readonly string[])[] = [
  ["docker", "compose"],
  ["podman", "compose"],
];

/** The command to which Compose's arguments are added. @throws When neither engine answers. */
export function findCompose(): readonly string[] {
  const found = candidates.find(
    ([engine = "", ...rest]) => runs([engine, "info"]) && runs([engine, ...rest, "version"]),
  );
  if (found === undefined) {
    throw new Error("no container engine answers: neither `docker info` nor `podman info`, with Compose, succeeds");
  }
  return found;
}

function runs(command: readonly string[]): boolean {
  if (Bun.which(command[0] ?? "") === null) return false;
  return Bun.spawnSync([...command], { stdout: "ignore", stderr: "ignore" }).success;
}
