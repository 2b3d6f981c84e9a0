/** When the demo has to stop: on a signal, when its output is closed, or when the process that runs it has ended. */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const runnerPollMs = 500;
/** One Ctrl+C arrives twice: from the terminal, and from `bun run`, which passes signals on. */
const sameRequestMs = 1000;

/** Aborted when the demo has to stop in order. A second signal after more than a second ends it at once. */
export function leaveWhenAsked(): AbortSignal {
  const leave = new AbortController();
  let askedAt = 0;
  const onSignal = () => {
    if (leave.signal.aborted && performance.now() - askedAt > sameRequestMs) process.exit(130);
    if (!leave.signal.aborted) askedAt = performance.now();
    leave.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  // `| head` closes the pipe. Without a listener that would be an uncaught error.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => leave.abort());
  whenRunnerIsGone(() => leave.abort());
  return leave.signal;
}

/**
 * The exit code when the demo stops before everything was shown. A demo that stays up is stopped in the normal way.
 * `--once` has not finished, so its code is that of a shell for Ctrl+C.
 */
export function codeOfLeaving({ once }: { readonly once: boolean }): number {
  return once ? 130 : 0;
}

/** `bun run` passes signals on, except SIGKILL. */
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
