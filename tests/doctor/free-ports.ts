/** Ports for a service that must know where somebody will listen before that is so. */

/** Below those that Linux and macOS give to outgoing connections: the doctor opens hundreds of these meanwhile. */
const FIRST = 10_000;
const LAST = 32_000;

/** One for each process: tests of one file run at the same time and must not choose the same port. */
const given = new Set<number>();

export function freePorts(count: number): readonly number[] {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (given.has(port) || !isFree(port)) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

function isFree(port: number): boolean {
  try {
    Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => {} } }).stop(true);
    return true;
  } catch {
    return false;
  }
}
