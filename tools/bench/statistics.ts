/** Sums, medians, their spread, and lines. */

export function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between the two nearest values. */
export function quantile(values: ArrayLike<number>, share: number): number {
  return quantiles(values, [share])[0] ?? Number.NaN;
}

/** The same for several shares, with one sort. */
export function quantiles(values: ArrayLike<number>, shares: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort();
  return shares.map((share) => {
    const at = (sorted.length - 1) * share;
    const low = sorted[Math.floor(at)] ?? Number.NaN;
    const high = sorted[Math.ceil(at)] ?? Number.NaN;
    return low + (high - low) * (at - Math.floor(at));
  });
}

/** The interquartile range: from the first quartile to the third. */
export function spread(values: readonly number[]): readonly [number, number] {
  const [low = Number.NaN, high = Number.NaN] = quantiles(values, [0.25, 0.75]);
  return [low, high];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Line {
  /** Change of `y` for each step of `x`. */
  readonly slope: number;
  /** Half of the slope's 95 % interval. */
  readonly margin: number;
  /** `y` where `x` is zero. */
  readonly intercept: number;
  /** The largest distance of a point from the line, in `y`. */
  readonly deviation: number;
}

/** The least-squares line through the points. */
export function lineThrough(points: readonly Point[]): Line {
  const count = points.length;
  const meanX = points.reduce((sum, { x }) => sum + x, 0) / count;
  const meanY = points.reduce((sum, { y }) => sum + y, 0) / count;
  const squares = points.reduce((sum, { x }) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, { x, y }) => sum + (x - meanX) * (y - meanY), 0) / squares;
  const intercept = meanY - slope * meanX;
  const distances = points.map(({ x, y }) => y - intercept - slope * x);
  const variance = distances.reduce((sum, distance) => sum + distance ** 2, 0) / Math.max(1, count - 2);
  return {
    slope,
    margin: 1.96 * Math.sqrt(variance / squares),
    intercept,
    deviation: Math.max(...distances.map(Math.abs)),
  };
}
