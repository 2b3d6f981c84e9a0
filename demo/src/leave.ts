/** When the demo has to leave: somebody asks, nobody reads any more, or whoever runs it is gone. */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const runnerPollMs = 500;
/** One Ctrl+C arrives twice: from the terminal, and from `bun run`, which passes on what it gets. */
const sameWishMs = 1000;

/** Aborted when it is time to leave in order. Who asks again a second later does not want to wait: it ends at once. */
export function leaveWhenAsked(): AbortSignal {
  const leave = new AbortController();
  let askedAt = 0;
  const onSignal = () => {
    if (leave.signal.aborted && performance.now() - askedAt > sameWishMs) process.exit(130);
    if (!leave.signal.aborted) askedAt = performance.now();
    leave.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  // A closed pipe, as of `| head`. Without a listener it would be an uncaught error.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => leave.abort());
  whenRunnerIsGone(() => leave.abort());
  return leave.signal;
}

/**
 * The exit code where it left before all was shown. A demo that stays up is there to be left; a `--once` has not done
 * what it was asked for, and says so as a shell does for Ctrl+C.
 */
export function codeOfLeaving({ once }: { readonly once: boolean }): number {
  return once ? 130 : 0;
}

/** `bun run` passes signals on, but it cannot pass on a SIGKILL. */
function whenRunnerIsGone(then: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const runner = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === runner) return;
    clearInterval(timer);
    then();
  }, runnerPollMs);
  timer.unref();
}
