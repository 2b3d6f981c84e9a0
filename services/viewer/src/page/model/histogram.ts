/** Estimates from the buckets of a histogram. */

/** An OpenTelemetry explicit-bucket histogram: one more count than bounds, upper bounds inclusive. */
export interface Histogram {
  readonly count: number;
  readonly sum?: number | undefined;
  readonly bounds: readonly number[];
  readonly counts: readonly number[];
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** The mean; `undefined` for an empty histogram and for one without a sum. */
export function mean({ count, sum }: Histogram): number | undefined {
  return count > 0 && sum !== undefined ? sum / count : undefined;
}

/**
 * The value below which this share of the values lies, estimated as if values were spread evenly in each bucket. The
 * smallest and largest value limit it when they are known; the last bucket has no other upper end.
 * @param share between 0 and 1, such as 0.99
 */
export function percentile(histogram: Histogram, share: number): number | undefined {
  const { counts } = histogram;
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  const rank = share * total;
  let below = 0;
  const bucket = counts.findIndex((count) => {
    if (count > 0 && below + count >= rank) return true;
    below += count;
    return false;
  });
  const [low, high] = bucketEnds(histogram, bucket);
  return low + ((rank - below) / (counts[bucket] ?? 1)) * (high - low);
}

/** The smallest and largest possible value of a bucket. */
function bucketEnds({ bounds, min, max, sum, count }: Histogram, bucket: number): readonly [number, number] {
  const first = bounds[0] ?? max ?? (sum ?? 0) / (count || 1);
  const low = bounds[bucket - 1] ?? min ?? Math.min(0, first);
  const high = bounds[bucket] ?? max ?? bounds.at(-1) ?? first;
  return [Math.max(low, min ?? low), Math.min(high, max ?? high)];
}

/** The buckets to draw: from the first filled one to the last, with an empty one on each side. */
export function filledRange({ counts }: Histogram): readonly [from: number, to: number] {
  const from = counts.findIndex((count) => count > 0);
  if (from === -1) return [0, 0];
  const to = counts.findLastIndex((count) => count > 0);
  return [Math.max(from - 1, 0), Math.min(to + 2, counts.length)];
}
