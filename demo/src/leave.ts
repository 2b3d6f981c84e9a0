/** When the demo has to leave: somebody asks, or whoever runs it is gone. */

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const runnerPollMs = 500;

/** Aborted when it is time to leave in order. A second signal ends the process at once. */
export function leaveWhenAsked(): AbortSignal {
  const leave = new AbortController();
  const onSignal = () => {
    if (leave.signal.aborted) process.exit(130);
    leave.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  whenRunnerIsGone(() => leave.abort());
  return leave.signal;
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
