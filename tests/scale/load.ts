/** A bounded load on front, with a known share of failures. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Request {
  readonly traceId: string;
  /** It asked for the failure that it got. */
  readonly failing: boolean;
  readonly status: number;
  readonly elapsedMs: number;
  /** As `performance.now()`. */
  readonly atMs: number;
}

export interface LoadOptions {
  readonly frontUrl: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** One in so many fails. */
  readonly failEvery: number;
}

/** Sends at the given pace, whatever the answers do; resolves with all of them. */
export async function sendLoad({ frontUrl, perSecond, seconds, failEvery }: LoadOptions): Promise<readonly Request[]> {
  const start = performance.now();
  const sent: Promise<Request>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = start + (index * 1000) / perSecond;
    await sleep(Math.max(0, due - performance.now()));
    sent.push(send(frontUrl, index % failEvery === 0));
  }
  return Promise.all(sent);
}

async function send(frontUrl: string, failing: boolean): Promise<Request> {
  const atMs = performance.now();
  const response = await fetch(new URL(failing ? "/rolldice?player=clumsy" : "/rolldice?rolls=3", frontUrl), {
    signal: AbortSignal.timeout(10_000),
  });
  await response.arrayBuffer();
  const traceId = response.headers.get("traceresponse")?.split("-")[1] ?? "";
  return { traceId, failing, status: response.status, elapsedMs: performance.now() - atMs, atMs };
}
