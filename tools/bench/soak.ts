/** The long run: how much memory the services use after many requests, and whether it keeps growing. */
import { runLoad } from "./load.ts";
import type { Pair } from "./pair.ts";
import { UNARY } from "./scenarios.ts";
import type { SinkCounts } from "./sink.ts";
import { type Line, lineThrough, type Point } from "./statistics.ts";

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
  readonly slope: Pick<Line, "slope" | "margin">;
}

/** The result of a pair without a backend for its spans. */
export interface Outage extends Soak {
  /** Its own counts of its spans. */
  readonly spans: SinkCounts;
}

const STEPS = { before: 20, during: 100 };

/** The pairs take turns, as they do in the rounds. */
export async function runSoak(pairs: readonly Pair[], options: SoakOptions): Promise<Map<string, Soak>> {
  const { before, during, connections, onProgress } = options;
  const points = new Map(pairs.map((pair) => [pair.name, [] as Point[]]));
  let done = 0;
  for (let step = 1; step <= STEPS.before + STEPS.during; step++) {
    const requests = Math.ceil(step <= STEPS.before ? before / STEPS.before : during / STEPS.during);
    done += requests;
    for (const pair of pairs) {
      await runLoad({ url: new URL(UNARY.path, pair.url), requests, connections });
      points.get(pair.name)?.push({ x: done, y: await pair.rss() });
      onProgress(requests);
    }
  }
  return new Map(
    [...points].map(([name, all]) => {
      const { slope, margin } = lineThrough(all.slice(STEPS.before));
      return [name, { rss: all[STEPS.before - 1]?.y ?? Number.NaN, slope: { slope, margin } }];
    }),
  );
}
