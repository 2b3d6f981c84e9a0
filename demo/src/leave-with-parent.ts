/**
 * Preloaded into each process that the demo starts, so that none of them outlives it.
 *
 * Standard input is a pipe that only the demo holds. When the demo ends, however it ends (SIGKILL included), the
 * system closes the pipe, and the process here stops as on SIGTERM.
 */
async function leaveWithParent(): Promise<void> {
  for await (const _ of Bun.stdin.stream()) {
    // Nothing is ever written to it. Only its end matters.
  }
  process.kill(process.pid, "SIGTERM");
}

void leaveWithParent();
