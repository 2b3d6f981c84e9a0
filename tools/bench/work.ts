/** Cost against work: what telemetry adds to a request that makes more spans, or to a stream of more messages. */
import { type Measured, measureRounds, type RoundsOptions } from "./measure.ts";
import type { Pair } from "./pair.ts";
import type { Scenario } from "./scenarios.ts";
import { type Line, lineThrough, median } from "./statistics.ts";

export interface WorkPoint {
  /** Spans of a request, or messages of a stream. */
  readonly amount: number;
  /** Microseconds of processor time for one request. */
  readonly bare: number;
  readonly traced: number;
  /** The median of what the traced pair takes more than the bare one in the same round. */
  readonly added: number;
}

export interface Work {
  readonly points: readonly WorkPoint[];
  /** Through what is added, in microseconds by amount. */
  readonly line: Line;
}

const PATHS = {
  spans: (amount: number) => `/bench/spans?count=${amount}`,
  messages: (amount: number) => `/rolldice/stream?rolls=${amount}&interval_ms=0&player=ann`,
};
export type WorkKind = keyof typeof PATHS;
export const WORK_KINDS = Object.keys(PATHS) as WorkKind[];

/**
 * The largest first: Bun goes on compiling the code of a span for tens of thousands of them, and that would bend the line.
 */
const AMOUNTS: Readonly<Record<WorkKind, readonly number[]>> = { spans: [64, 16, 4, 1], messages: [100, 10, 1] };

/**
 * The load is one that the exporter carries with its default settings. At the highest load 60 % of the spans of a request with
 * 64 are dropped, and what is dropped costs little.
 */
const MAX_SPANS_PER_SECOND = 6000;
const MAX_REQUESTS_PER_SECOND = 1000;
/** With 2000 requests in a round of the unary scenario, a round here takes a second. */
const SHARE_OF_PACE = 1 / 2000;
/** After the first amount the code is warm. */
const NEXT_WARM_UP = 0.2;

interface WorkScenario extends Scenario {
  readonly amount: number;
  readonly warmUpShare: number;
}

function scenariosOf(kind: WorkKind): WorkScenario[] {
  return AMOUNTS[kind].map((amount, index) => {
    const requestsPerSecond = Math.min(MAX_REQUESTS_PER_SECOND, Math.ceil(MAX_SPANS_PER_SECOND / amount));
    const share = requestsPerSecond * SHARE_OF_PACE;
    const request = { name: `${kind}: ${amount}`, path: PATHS[kind](amount), status: 200 };
    return { ...request, amount, share, requestsPerSecond, warmUpShare: index === 0 ? 1 : NEXT_WARM_UP };
  });
}

type WorkOptions = Omit<RoundsOptions, "scenario">;

/** The requests to one pair, for the progress. */
export function countRequests(kind: WorkKind, { rounds, requests, warmUp }: Omit<WorkOptions, "onProgress">): number {
  return scenariosOf(kind).reduce(
    (sum, { share, warmUpShare }) => sum + share * (rounds * requests + warmUp * warmUpShare),
    0,
  );
}

/** @param pairs A bare and a traced one, with the route that makes spans. */
export async function measureWork(pairs: readonly Pair[], kind: WorkKind, options: WorkOptions): Promise<Work> {
  const points: WorkPoint[] = [];
  for (const scenario of scenariosOf(kind)) {
    const warmUp = options.warmUp * scenario.warmUpShare;
    const measured = await measureRounds(pairs, { ...options, warmUp, scenario });
    points.unshift(pointOf(scenario.amount, measured.get("bare"), measured.get("traced")));
  }
  return { points, line: lineThrough(points.map(({ amount, added }) => ({ x: amount, y: added }))) };
}

function pointOf(amount: number, bare: Measured | undefined, traced: Measured | undefined): WorkPoint {
  if (bare === undefined || traced === undefined) throw new Error("the work needs a bare and a traced pair");
  const each = traced.cpuPerRequest.map((cpu, round) => cpu - (bare.cpuPerRequest[round] ?? Number.NaN));
  return { amount, bare: median(bare.cpuPerRequest), traced: median(traced.cpuPerRequest), added: median(each) };
}
