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

/** The name of the work, and for each amount the share of the unary scenario's requests that are sent. */
const AMOUNTS = {
  spans: { 1: 1, 4: 0.8, 16: 0.5, 64: 0.25 },
  messages: { 1: 0.8, 10: 0.3, 100: 0.05 },
};

export type WorkKind = keyof typeof AMOUNTS;

const PATHS: Readonly<Record<WorkKind, (amount: string) => string>> = {
  spans: (amount) => `/bench/spans?count=${amount}`,
  messages: (amount) => `/rolldice/stream?rolls=${amount}&interval_ms=0&player=ann`,
};

export const WORK_KINDS = Object.keys(AMOUNTS) as WorkKind[];

/** The share of all amounts together, for the progress. */
export const shareOf = (kind: WorkKind): number => Object.values(AMOUNTS[kind]).reduce((sum, share) => sum + share, 0);

/** @param pairs A bare and a traced one, with the route that makes spans. */
export async function measureWork(
  pairs: readonly Pair[],
  kind: WorkKind,
  options: Omit<RoundsOptions, "scenario">,
): Promise<Work> {
  const points: WorkPoint[] = [];
  // The largest first: Bun goes on compiling the code of a span for tens of thousands of them, and that would bend the line.
  for (const [amount, share] of Object.entries(AMOUNTS[kind]).reverse()) {
    const scenario: Scenario = { name: `${kind}: ${amount}`, path: PATHS[kind](amount), status: 200, share };
    const measured = await measureRounds(pairs, { ...options, scenario });
    points.unshift(pointOf(Number(amount), measured.get("bare"), measured.get("traced")));
  }
  return { points, line: lineThrough(points.map(({ amount, added }) => ({ x: amount, y: added }))) };
}

function pointOf(amount: number, bare: Measured | undefined, traced: Measured | undefined): WorkPoint {
  if (bare === undefined || traced === undefined) throw new Error("the work needs a bare and a traced pair");
  const each = traced.cpuPerRequest.map((cpu, round) => cpu - (bare.cpuPerRequest[round] ?? Number.NaN));
  return { amount, bare: median(bare.cpuPerRequest), traced: median(traced.cpuPerRequest), added: median(each) };
}
