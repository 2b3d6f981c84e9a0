/** A bounded load on front, with a known share of failures. */
import { setTimeout as sleep } from "node:timers/promises";

export interface Request {
  readonly traceId: string;
  /** Whether the request asked for a failure. */
  readonly failing: boolean;
  /** 0 when there was no answer. */
  readonly status: number;
  readonly elapsedMs: number;
  /** As `performance.now()`. */
  readonly atMs: number;
}

export interface LoadOptions {
  readonly frontUrl: string;
  readonly perSecond: number;
  readonly seconds: number;
  /** One of this many requests fails. */
  readonly failEvery: number;
}

/** Sends at a fixed rate, without waiting for answers. Resolves with all requests. */
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
  const answer = await ask(new URL(failing ? "/rolldice?player=clumsy" : "/rolldice?rolls=3", frontUrl));
  return { ...answer, failing, elapsedMs: performance.now() - atMs, atMs };
}

async function ask(url: URL): Promise<Pick<Request, "traceId" | "status">> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await response.arrayBuffer();
    return { traceId: response.headers.get("traceresponse")?.split("-")[1] ?? "", status: response.status };
  } catch {
    return { traceId: "", status: 0 };
  }
}
