/** Interleaved rounds: every variant runs in every round, so that a machine whose speed changes affects all the same. */
import { type LoadResult, runLoad, runPacedLoad } from "./load.ts";
import type { Pair } from "./pair.ts";
import type { Scenario } from "./scenarios.ts";
import { median, quantile, spread } from "./statistics.ts";

export interface Measured {
  /** Microseconds of CPU time of both services for one request: one value for each round. */
  readonly cpuPerRequest: readonly number[];
  readonly requestsPerSecond: number;
  /** Milliseconds, the medians of all rounds. */
  readonly p50: number;
  readonly p99: number;
  /** Of both services after the last round, in bytes. */
  readonly rss: number;
}

export interface RoundsOptions {
  readonly scenario: Scenario;
  readonly rounds: number;
  /** Of one variant in one round, and before its first round. The scenario's share of them is sent. */
  readonly requests: number;
  readonly warmUp: number;
  readonly connections: number;
  /** Called after each run of one variant. */
  readonly onProgress: (requests: number) => void;
}

interface Running {
  readonly pair: Pair;
  readonly results: LoadResult[];
  readonly cpuPerRequest: number[];
  cpuSoFar: number;
}

export async function measureRounds(pairs: readonly Pair[], options: RoundsOptions): Promise<Map<string, Measured>> {
  const { scenario, rounds, onProgress } = options;
  const requests = Math.ceil(options.requests * scenario.share);
  const warmUp = Math.ceil(options.warmUp * scenario.share);
  const running: Running[] = pairs.map((pair) => ({ pair, results: [], cpuPerRequest: [], cpuSoFar: 0 }));
  for (const one of running) {
    await load(one.pair, warmUp, options);
    one.cpuSoFar = one.pair.cpuSeconds();
    onProgress(warmUp);
  }
  for (let round = 0; round < rounds; round++) {
    // Each round begins with another variant, so that the order is not always the same.
    for (let index = 0; index < running.length; index++) {
      const one = running[(index + round) % running.length];
      if (one === undefined) continue;
      one.results.push(await load(one.pair, requests, options));
      const cpu = one.pair.cpuSeconds();
      // Counted from the end of this variant's last round, so that its last batch and its garbage collection count too.
      one.cpuPerRequest.push(((cpu - one.cpuSoFar) / requests) * 1e6);
      one.cpuSoFar = cpu;
      onProgress(requests);
    }
  }
  return new Map(await Promise.all(running.map(async (one) => [one.pair.name, await summary(one)] as const)));
}

async function load(pair: Pair, requests: number, { scenario, connections }: RoundsOptions): Promise<LoadResult> {
  const { requestsPerSecond } = scenario;
  const options = { url: new URL(scenario.path, pair.url), requests, connections };
  const result = await (requestsPerSecond === undefined
    ? runLoad(options)
    : runPacedLoad({ ...options, requestsPerSecond }));
  checkStatuses(pair, scenario, result.statuses);
  return result;
}

/** @throws Error when not all requests were answered as the scenario says. */
export function checkStatuses({ name }: Pair, scenario: Scenario, statuses: LoadResult["statuses"]): void {
  if (statuses.size === 1 && statuses.has(scenario.status)) return;
  const answers = [...statuses].map(([status, count]) => `${count} times ${status}`).join(", ");
  throw new Error(`${name}, ${scenario.name}: expected ${scenario.status}, the answer was ${answers}`);
}

async function summary({ pair, results, cpuPerRequest }: Running): Promise<Measured> {
  return {
    cpuPerRequest,
    requestsPerSecond: median(results.map(({ latencies, seconds }) => latencies.length / seconds)),
    p50: median(results.map(({ latencies }) => quantile(latencies, 0.5))),
    p99: median(results.map(({ latencies }) => quantile(latencies, 0.99))),
    rss: await pair.rss(),
  };
}

/** Several pairs of one variant together, run one after the other. */
export function together(pairs: readonly Measured[]): Measured {
  const middle = (of: (one: Measured) => number) => median(pairs.map(of));
  return {
    cpuPerRequest: pairs.flatMap(({ cpuPerRequest }) => cpuPerRequest),
    requestsPerSecond: middle(({ requestsPerSecond }) => requestsPerSecond),
    p50: middle(({ p50 }) => p50),
    p99: middle(({ p99 }) => p99),
    rss: middle(({ rss }) => rss),
  };
}

export interface Ratio {
  readonly ratio: number;
  /** The interquartile range of the ratios of single rounds. */
  readonly spread: readonly [number, number];
}

/** Ratio of the medians. The spread is of the ratios of single rounds, each to the bare pair in the same round. */
export function ratioTo(base: Measured, other: Measured): Ratio {
  const each = other.cpuPerRequest.map((cpu, round) => cpu / (base.cpuPerRequest[round] ?? Number.NaN));
  return { ratio: median(other.cpuPerRequest) / median(base.cpuPerRequest), spread: spread(each) };
}
