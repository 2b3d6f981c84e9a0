/** The long run: how much memory the services use after many requests, and whether it keeps growing. */
import { runLoad } from "./load.ts";
import { checkStatuses } from "./measure.ts";
import type { Pair } from "./pair.ts";
import { UNARY } from "./scenarios.ts";
import type { SinkCounts } from "./sink.ts";
import { type Line, lineThrough, type Point } from "./statistics.ts";

export interface SoakOptions {
  readonly requests: number;
  readonly connections: number;
  readonly onProgress: (requests: number) => void;
}

export interface Soak {
  /** Of both services before the requests that count, in bytes. */
  readonly rss: number;
  /** In bytes per request, over the requests that count. */
  readonly slope: Pick<Line, "slope" | "margin">;
}

/** The result of a pair without a backend for its spans. */
export interface Outage extends Soak {
  /** Its own counts of its spans. */
  readonly spans: SinkCounts;
}

const STEPS = 100;

/**
 * Sends requests as fast as they are answered.
 *
 * @returns The resident memory after each hundredth of them.
 * @throws Error when one is not answered with 200.
 */
export async function followMemory(pair: Pair, { requests, connections, onProgress }: SoakOptions): Promise<Point[]> {
  const points: Point[] = [];
  const url = new URL(UNARY.path, pair.url);
  const inStep = Math.ceil(requests / STEPS);
  for (let step = 1; step <= STEPS; step++) {
    const { statuses } = await runLoad({ url, requests: inStep, connections });
    checkStatuses(pair, UNARY, statuses);
    points.push({ x: step * inStep, y: await pair.rss() });
    onProgress(inStep);
  }
  return points;
}

/** @param before Requests until the memory has settled. */
export async function runSoak(pair: Pair, before: number, options: SoakOptions): Promise<Soak> {
  const rss = (await followMemory(pair, { ...options, requests: before })).at(-1)?.y ?? Number.NaN;
  const { slope, margin } = lineThrough(await followMemory(pair, options));
  return { rss, slope: { slope, margin } };
}
