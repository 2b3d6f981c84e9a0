/** Adds a delta to what its series has counted so far. */
import { addBuckets } from "../exponential.ts";
import type { Distribution, MetricValue } from "../records.ts";

type Count = number | string;

/** Undefined where the two are not of the same form, as after a change of the buckets. */
export function addUp(total: MetricValue, delta: MetricValue): MetricValue | undefined {
  if ("value" in total) return "value" in delta ? { value: addNumbers(total.value, delta.value) } : undefined;
  if ("bounds" in total && "bounds" in delta) {
    if (!equal(total.bounds, delta.bounds) || total.counts.length !== delta.counts.length) return undefined;
    const counts = total.counts.map((count, index) => addNumbers(count, delta.counts[index] ?? 0));
    return { ...addDistributions(total, delta), bounds: total.bounds, counts };
  }
  if ("scale" in total && "scale" in delta) {
    return { ...addDistributions(total, delta), ...addBuckets(total, delta) };
  }
  return undefined;
}

/** Whether a count has fallen, as one that only grows does when its process begins anew. */
export function hasFallen(before: MetricValue, after: MetricValue): boolean {
  return toNumber(after) < toNumber(before);
}

function addDistributions(a: Distribution, b: Distribution): Distribution {
  return {
    count: addNumbers(a.count, b.count),
    sum: join(a.sum, b.sum, (x, y) => x + y),
    min: join(a.min, b.min, Math.min),
    max: join(a.max, b.max, Math.max),
  };
}

/** What one of them does not know, nobody knows of both. */
function join(a: number | null, b: number | null, both: (a: number, b: number) => number): number | null {
  return a === null || b === null ? null : both(a, b);
}

/** Exact where both are integers. */
function addNumbers(a: Count, b: Count): Count {
  if (!isExact(a) || !isExact(b)) return finite(Number(a) + Number(b));
  const sum = BigInt(a) + BigInt(b);
  return Number.isSafeInteger(Number(sum)) ? Number(sum) : sum.toString();
}

function isExact(value: Count): boolean {
  return typeof value === "number" ? Number.isSafeInteger(value) : /^-?\d{1,40}$/.test(value);
}

/** JSON has no NaN and no infinity. */
function finite(value: number): Count {
  return Number.isFinite(value) ? value : String(value);
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((bound, index) => bound === b[index]);
}

function toNumber(value: MetricValue): number {
  return Number("value" in value ? value.value : value.count);
}
