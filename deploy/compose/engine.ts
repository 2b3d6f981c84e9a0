/** Finds the Compose command of this machine. */

const candidates: readonly (readonly string[])[] = [
  ["docker", "compose"],
  ["podman", "compose"],
];

/** The command before the arguments of Compose. @throws Error when neither engine answers. */
export function findCompose(): readonly string[] {
  const found = candidates.find(
    ([engine = "", ...rest]) => runs([engine, "info"]) && runs([engine, ...rest, "version"]),
  );
  if (found === undefined) {
    throw new Error(
      "no container engine answers: start Docker or Podman, with Compose (neither `docker info` nor `podman info` succeeds)",
    );
  }
  return found;
}

function runs(command: readonly string[]): boolean {
  if (Bun.which(command[0] ?? "") === null) return false;
  return Bun.spawnSync([...command], { stdout: "ignore", stderr: "ignore" }).success;
}
