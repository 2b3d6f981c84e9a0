/** The last requests, then SIGTERM, then what still arrives. */
import type { Ending } from "./evidence.ts";
import { endingProbes } from "./plan.ts";
import type { Session } from "./session.ts";

/** A service has this long to send what is left: what orchestrators give by default is 30 s. */
const LAST_SPANS_MS = 15_000;
const POLL_MS = 200;

export async function endBySignal(session: Session, pid: number): Promise<Ending> {
  const exchanges = await Promise.all(endingProbes().map((probe) => session.exchange(probe)));
  try {
    process.kill(pid, "SIGTERM");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { exchanges, arrived: 0, problem: `process ${pid} could not be stopped: ${why}` };
  }
  const deadline = performance.now() + LAST_SPANS_MS;
  let arrived = 0;
  // Whoever is gone sends nothing any more; what it sent is here within a moment.
  for (let goneFor = 0; performance.now() < deadline && goneFor < 5; goneFor += isRunning(pid) ? 0 : 1) {
    arrived = await session.arrived(exchanges);
    if (arrived === exchanges.length) break;
    await Bun.sleep(POLL_MS);
  }
  return { exchanges, arrived };
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
