/** The long run: how much memory the services use after many requests, and whether it keeps growing. */
import { runLoad } from "./load.ts";
import type { Pair } from "./pair.ts";
import { UNARY } from "./scenarios.ts";
import type { SinkCounts } from "./sink.ts";
import { type Slope, slopeOf } from "./statistics.ts";

export interface SoakOptions {
  readonly before: number;
  readonly during: number;
  readonly connections: number;
  readonly onProgress: (requests: number) => void;
}

export interface Soak {
  /** Of both services, after `before` requests. */
  readonly rss: number;
  /** In bytes per request, over the `during` requests that follow. */
  readonly slope: Slope;
}

/** The result of a pair without a backend for its spans. */
export interface Outage extends Soak {
  /** Its own counts of its spans. */
  readonly spans: SinkCounts;
}

const STEP = 10_000;

/** The pairs take turns, as they do in the rounds. */
export async function runSoak(pairs: readonly Pair[], options: SoakOptions): Promise<Map<string, Soak>> {
  const { before, during, connections, onProgress } = options;
  const samples = new Map(pairs.map((pair) => [pair.name, [] as { x: number; y: number }[]]));
  for (let done = STEP; done <= before + during; done += STEP) {
    for (const pair of pairs) {
      await runLoad({ url: new URL(UNARY.path, pair.url), requests: STEP, connections });
      samples.get(pair.name)?.push({ x: done, y: await pair.rss() });
      onProgress(STEP);
    }
  }
  return new Map(
    [...samples].map(([name, points]) => [
      name,
      {
        rss: points.findLast(({ x }) => x <= before)?.y ?? Number.NaN,
        slope: slopeOf(points.filter(({ x }) => x > before)),
      },
    ]),
  );
}
