/** Judges what was measured against the promises. */
import { sum } from "../bench/statistics.ts";
import type { Difference, Later } from "./load.ts";
import type { Measured } from "./measured.ts";
import { END_LIMIT_MS, LATER_LIMIT_MS, MEMORY_LIMIT_BYTES, type PromiseId, RECOVERY_LIMIT_MS } from "./promises.ts";

export interface Verdict {
  readonly promise: PromiseId;
  readonly kept: boolean;
  /** The figures, in a few words. */
  readonly found: string;
}

/** A slope below this, in bytes for each request, is 1 MB in a million requests. */
const SLOPE_LIMIT = 1;
/** An interval that is wider says nothing: 25 MB in a million requests. */
const MARGIN_LIMIT = 25;
/** Spans that are lost for these reasons were never sent, so none of them can have been received. */
const NEVER_SENT = ["queue_full", "already_shutdown"];

/** @param slack How many times longer than promised things may take. @default 1 */
export function judge(promise: PromiseId, measured: Measured, slack = 1): Verdict {
  const [kept, found] = judges[promise](measured, slack) ?? [false, "not measured"];
  return { promise, kept, found };
}

type Judge = (measured: Measured, slack: number) => readonly [kept: boolean, found: string] | undefined;

const judges: Readonly<Record<PromiseId, Judge>> = {
  1: ({ requests }, slack) => {
    if (requests === undefined) return undefined;
    const { asked, due = 0, refused = 0, wrong, later } = requests;
    const problems = [
      ...Object.entries(wrong).map(([what, count]) => `${count} of ${asked}: ${what}`),
      ...(asked * slack < due / 2 ? [`only ${asked} of ${due} were sent`] : []),
    ];
    const found = [...(later ? [describeLater(later)] : []), ...problems].join("; ");
    return [problems.length === 0 && !isLate(later, slack) && asked > 0, found || describeRight(asked, refused)];
  },
  2: ({ spans }) => {
    if (spans === undefined) return undefined;
    const { made, received, lost, said, answersLost = false, impossible = 0 } = spans;
    const counted = sum(Object.values(lost));
    const difference = received + counted - made;
    const neverSent = sum(NEVER_SENT.map((reason) => lost[reason] ?? 0));
    const impossiblyReceived = answersLost ? received + neverSent - made : 0;
    const reasons = Object.entries(lost).map(([reason, count]) => `${count} ${reason}`);
    const problems = [
      ...(difference < 0 ? [`${-difference} not accounted for`] : []),
      ...(difference > 0 && !answersLost ? [`${difference} counted twice`] : []),
      ...(impossiblyReceived > 0 ? [`${impossiblyReceived} received that were never sent`] : []),
      ...(impossible > 0 ? [`${impossible} with an impossible duration`] : []),
      ...(said !== undefined && said !== counted ? [`the log says ${said}`] : []),
    ];
    const found = [`${made} = ${received}${reasons.map((text) => ` + ${text}`).join("")}`, ...problems].join("; ");
    return [problems.length === 0 && made > 0, found];
  },
  3: ({ last }) => {
    if (last === undefined) return undefined;
    const { ended, arrived, problems } = last;
    const found = [`${arrived} of ${ended}`, ...problems].join("; ");
    return [arrived === ended && ended > 0 && problems.length === 0, found];
  },
  4: ({ end }, slack) => {
    if (end === undefined) return undefined;
    const { ms, codes, expected = [0], problems = [] } = end;
    const isRight = codes.every((code) => code !== null && expected.includes(code));
    const wrong = [...(isRight ? [] : [`exit codes ${codes.join(", ")}`]), ...problems];
    return [ms <= END_LIMIT_MS * slack && wrong.length === 0, [`${(ms / 1000).toFixed(2)} s`, ...wrong].join("; ")];
  },
  5: ({ memory }) => {
    if (memory?.slope !== undefined) {
      const { slope, margin } = memory.slope;
      const isFine = margin <= MARGIN_LIMIT;
      const found = `${slope.toFixed(1)} ± ${margin.toFixed(1)} B/request`;
      return [isFine && slope - margin <= SLOPE_LIMIT, isFine ? found : `${found}: too few requests to tell`];
    }
    if (memory?.moreBytes === undefined) return undefined;
    return [memory.moreBytes <= MEMORY_LIMIT_BYTES, `${signed(memory.moreBytes / 1024 / 1024)} MB`];
  },
  6: ({ recovery }, slack) => {
    if (recovery === undefined) return undefined;
    return [
      recovery.ms <= RECOVERY_LIMIT_MS * slack,
      Number.isFinite(recovery.ms) ? `${(recovery.ms / 1000).toFixed(1)} s` : "never",
    ];
  },
};

/**
 * Late in four of five seconds, and by more than the noise of the same pair before the fault: on a busy machine the
 * difference of a few seconds says little.
 */
export function isLate(later: Later | undefined, slack = 1): boolean {
  if (later === undefined) return false;
  const { before, during } = later;
  const limit = LATER_LIMIT_MS * slack;
  return !(during.spread[0] <= limit || during.median - before.spread[1] <= limit);
}

function describeRight(asked: number, refused: number): string {
  return refused === 0 ? `${asked} right` : `${asked - refused} right, ${refused} told that back is away`;
}

function describeLater({ before, during }: Later): string {
  const range = ({ spread: [low, high] }: Difference): string => `${signed(low)} to ${signed(high)}`;
  return `${signed(during.median)} ms (${range(during)}; before: ${range(before)})`;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(1)}`;
}
