/** A load at a low fixed rate, on several pairs at once: each sees the same noise of the machine at the same time. */
import { runLoad } from "../bench/load.ts";
import { quantile } from "../bench/statistics.ts";

export interface Sample {
  /** Index of the URL. */
  readonly pair: number;
  readonly sentAt: number;
  readonly ms: number;
  /** What is wrong with the answer. */
  readonly wrong?: string;
}

export interface PacedLoad extends AsyncDisposable {
  /** In the order in which they ended. */
  readonly samples: readonly Sample[];
  /** How many there are where this process keeps the rate. */
  readonly due: number;
  /** Sends nothing more. Resolves when all is answered. */
  stop(): Promise<void>;
}

export const PATH = "/rolldice?rolls=3&player=ann";
const TIMEOUT_MS = 10_000;

/** @param rate Requests in a second to each. */
export function startLoad(urls: readonly string[], rate: number): PacedLoad {
  const samples: Sample[] = [];
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  let stoppedAt: number | undefined;
  let sent = 0;
  const dueNow = (): number => Math.floor((((stoppedAt ?? performance.now()) - startedAt) / 1000) * rate);
  const send = async (pair: number): Promise<void> => {
    const sentAt = performance.now();
    const wrong = await ask(`${urls[pair]}${PATH}`);
    samples.push({ pair, sentAt, ms: performance.now() - sentAt, ...(wrong && { wrong }) });
  };
  const timer = setInterval(() => {
    const due = dueNow();
    // What a stall of this process has missed is not sent at once afterwards.
    sent = Math.max(sent, due - 2);
    for (; sent < due; sent++) {
      for (let index = 0; index < urls.length; index++) {
        const one = send((index + sent) % urls.length);
        running.add(one);
        void one.finally(() => running.delete(one));
      }
    }
  }, 2);
  const stop = async (): Promise<void> => {
    stoppedAt ??= performance.now();
    clearInterval(timer);
    await Promise.all(running);
  };
  return {
    samples,
    get due() {
      return dueNow() * urls.length;
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** @returns What is wrong with the answer; `undefined` when it is right. */
export async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.text();
    if (response.status !== 200) return `status ${response.status}`;
    return /^\[\d,\d,\d\]$/.test(body) ? undefined : `the body was ${body.slice(0, 80)}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** How much later than pair 1 pair 0 answers at the 99th percentile, in milliseconds: one difference for each second. */
export interface Difference {
  readonly median: number;
  /** A fifth of the seconds are below, and a fifth above. */
  readonly spread: readonly [low: number, high: number];
}

/** The difference while the backend fails, and before, while it works for both pairs: that is the noise of the machine. */
export interface Later {
  readonly before: Difference;
  readonly during: Difference;
}

const SLICE_MS = 1000;

export function differenceOf(samples: readonly Sample[]): Difference {
  const slices = [...Map.groupBy(samples, ({ sentAt }) => Math.floor(sentAt / SLICE_MS)).values()];
  const differences = slices.map(laterIn).filter(Number.isFinite);
  const at = (share: number): number => quantile(differences, share);
  return { median: at(0.5), spread: [at(0.2), at(0.8)] };
}

function laterIn(samples: readonly Sample[]): number {
  const [one, other] = [0, 1].map((wanted) => samples.filter(({ pair }) => pair === wanted).map(({ ms }) => ms));
  return quantile(one ?? [], 0.99) - quantile(other ?? [], 0.99);
}

/** Requests before anything is measured: Bun compiles during the first thousands. */
const WARM_UP = { short: 500, long: 3000 };

export function warmUp(pair: { readonly url: string }, { short }: { readonly short: boolean }): Promise<void> {
  return burst(pair, short ? WARM_UP.short : WARM_UP.long);
}

/** Many requests at once. @throws Error when one is not answered with 200. */
export async function burst({ url }: { readonly url: string }, requests: number): Promise<void> {
  const { statuses } = await runLoad({ url: new URL(PATH, url), requests, connections: 8 });
  if (statuses.get(200) !== requests) throw new Error(`the answers were ${[...statuses].join(" ")}`);
}

/** How many were asked, and which answers were wrong. */
export function countWrong(samples: readonly Sample[]): { asked: number; wrong: Record<string, number> } {
  const wrong: Record<string, number> = {};
  for (const { wrong: what } of samples) if (what !== undefined) wrong[what] = (wrong[what] ?? 0) + 1;
  return { asked: samples.length, wrong };
}
