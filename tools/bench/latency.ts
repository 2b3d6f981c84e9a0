/** Latency at a load that the pair carries easily, in slices of a few seconds in which the variants take turns. */

import { runPacedLoad } from "./load.ts";
import { checkStatuses } from "./measure.ts";
import type { Pair } from "./pair.ts";
import { UNARY } from "./scenarios.ts";
import { quantiles, spread } from "./statistics.ts";

/** In milliseconds, from the moment when a request was due to its whole answer. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

export interface Latency extends Quantiles {
  readonly requests: number;
  /** The same of each slice. The slices of a round follow one another directly. */
  readonly slices: readonly (Quantiles & { readonly round: number })[];
}

export interface LatencyRun {
  /** The share of the bare pair's highest load, at which all are measured. */
  readonly requestsPerSecond: number;
  /** By variant. */
  readonly variants: Readonly<Record<string, Latency>>;
}

export interface Slice {
  readonly round: number;
  readonly latencies: Float64Array;
}

export interface LatencyOptions {
  readonly requestsPerSecond: number;
  /** Of each judged variant. */
  readonly seconds: number;
  /** The names of the variants that run in each round. The others run in one of several. */
  readonly judged: ReadonlySet<string>;
  /** Called after each slice. */
  readonly onProgress: (seconds: number) => void;
}

const SLICE_SECONDS = 5;
const ROUNDS_FOR_OTHERS = 5;
/** As many as are ever needed at once: a request waits for a free one only where the service has stopped for long. */
const CONNECTIONS = 64;
const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99 };

/** The whole time that it takes, in seconds. */
export function latencySeconds(
  names: readonly string[],
  { judged, seconds }: Omit<LatencyOptions, "onProgress">,
): number {
  const { length, rounds } = slicesOf(seconds);
  const others = Math.ceil(rounds / ROUNDS_FOR_OTHERS);
  return names.reduce((sum, name) => sum + length * (judged.has(name) ? rounds : others), 0);
}

/** @param slices What was measured so far, by variant. It is added to, because several pairs of a variant make one result. */
export async function measureLatency(
  pairs: readonly Pair[],
  slices: Map<string, Slice[]>,
  { requestsPerSecond, seconds, judged, onProgress }: LatencyOptions,
): Promise<void> {
  const { length, rounds } = slicesOf(seconds);
  const requests = Math.ceil(requestsPerSecond * length);
  const firstRound = Math.max(0, ...[...slices.values()].flat().map(({ round }) => round + 1));
  for (let round = 0; round < rounds; round++) {
    const taking = pairs.filter(({ name }) => round % ROUNDS_FOR_OTHERS === 0 || judged.has(name));
    for (let index = 0; index < taking.length; index++) {
      const pair = taking[(index + round) % taking.length];
      if (pair === undefined) continue;
      const url = new URL(UNARY.path, pair.url);
      const { latencies, statuses } = await runPacedLoad({
        url,
        requests,
        requestsPerSecond,
        connections: CONNECTIONS,
      });
      checkStatuses(pair, UNARY, statuses);
      slices.set(pair.name, [...(slices.get(pair.name) ?? []), { round: firstRound + round, latencies }]);
      onProgress(length);
    }
  }
}

function slicesOf(seconds: number): { readonly length: number; readonly rounds: number } {
  const rounds = Math.ceil(seconds / SLICE_SECONDS);
  return { rounds, length: seconds / rounds };
}

export function summarizeLatency(slices: readonly Slice[]): Latency {
  const together = slices.flatMap(({ latencies }) => [...latencies]);
  return {
    requests: together.length,
    ...quantilesOf(together),
    slices: slices.map(({ round, latencies }) => ({ round, ...quantilesOf(latencies) })),
  };
}

function quantilesOf(latencies: ArrayLike<number>): Quantiles {
  const [p50 = Number.NaN, p90 = Number.NaN, p99 = Number.NaN] = quantiles(latencies, Object.values(SHARES));
  return { p50, p90, p99 };
}

export interface Difference {
  readonly difference: number;
  /** The interquartile range of the differences of single rounds. */
  readonly spread: readonly [number, number];
}

/** How much later the answers of one variant come than those of another, in milliseconds. */
export function differenceTo(base: Latency, other: Latency, of: keyof Quantiles): Difference {
  const each = other.slices.map(
    (slice) => slice[of] - (base.slices.find(({ round }) => round === slice.round)?.[of] ?? Number.NaN),
  );
  return { difference: other[of] - base[of], spread: spread(each) };
}
