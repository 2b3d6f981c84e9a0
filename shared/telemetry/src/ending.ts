/**
 * The end of a process that does not shut its telemetry down: what ended before is sent. Nothing of the end changes: not
 * its exit code, nor what an uncaught error prints, and no code of the application runs on.
 */
import { sendLastPosts } from "./export/last-posts.ts";
import type { Signals } from "./signals.ts";
import { settlesWithin } from "./timing.ts";

type Followed = Pick<Signals, "flush" | "shutdown" | "leftovers" | "lastMs">;

/** One listener of each event for all of them. */
const followed = new Set<Followed>();
const flushed = new WeakSet<Followed>();

/** @returns How to stop it. */
export function followProcess(telemetry: Followed): () => void {
  if (followed.size === 0) process.on("beforeExit", onNothingLeft).on("exit", onExit);
  followed.add(telemetry);
  return () => {
    followed.delete(telemetry);
    if (followed.size === 0) process.off("beforeExit", onNothingLeft).off("exit", onExit);
  };
}

/** The event loop is empty. A flush can still wait and try again, and it sends the metrics. */
function onNothingLeft(): void {
  for (const telemetry of followed) {
    // Once: the loop is empty again after each flush.
    if (flushed.has(telemetry)) continue;
    flushed.add(telemetry);
    void flushOrGiveUp(telemetry);
  }
}

/** The application may go on, so nothing is shut down, unless a request without an answer keeps the process alive. */
async function flushOrGiveUp(telemetry: Followed): Promise<void> {
  if (!(await settlesWithin(telemetry.flush(), telemetry.lastMs()))) await telemetry.shutdown(0);
}

/** After `process.exit()`, and after an error that nobody caught was printed. */
function onExit(): void {
  const timeoutMs = Math.max(0, ...[...followed].map(({ lastMs }) => lastMs()));
  try {
    const leftovers = [...followed].flatMap((telemetry) => telemetry.leftovers());
    const posts = leftovers.flatMap((left) => left.posts);
    const answers = posts.length > 0 && timeoutMs > 0 ? [...sendLastPosts(posts, timeoutMs)] : [];
    for (const left of leftovers) left.settle(answers.splice(0, left.posts.length));
  } catch {
    // An error here would be printed, and change the exit code.
  }
}
