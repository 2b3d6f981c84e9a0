/** What a service did for others: how many requests, how many failed, how long they took. */
import { type Histogram, percentile } from "./histogram.ts";
import { type MetricAnswer, readSeries, type SeriesAnswer } from "./metric.ts";

export interface Requests {
  readonly protocol: "HTTP" | "RPC";
  readonly count: number;
  readonly errors: number;
  readonly median: number | undefined;
  readonly p95: number | undefined;
  /** Of the two above. */
  readonly unit: string;
}

/** The histograms of servers, in the names that the conventions had over time. */
const SERVERS: ReadonlyMap<string, Requests["protocol"]> = new Map([
  ["http.server.request.duration", "HTTP"],
  ["http.server.duration", "HTTP"],
  ["rpc.server.call.duration", "RPC"],
  ["rpc.server.duration", "RPC"],
]);

/** One for each of its histograms that has requests. */
export function sumUpRequests(metrics: readonly MetricAnswer[]): readonly Requests[] {
  return metrics.flatMap(({ name, unit, series }) => {
    const protocol = SERVERS.get(name);
    const read = series.flatMap((one) => {
      const reading = readSeries(one);
      return reading.is === "histogram" ? [{ isError: isError(one), histogram: reading.histogram }] : [];
    });
    const count = sum(read.map(({ histogram }) => histogram.count));
    if (!protocol || count === 0) return [];
    const errors = sum(read.filter((one) => one.isError).map(({ histogram }) => histogram.count));
    const all = merge(read.map(({ histogram }) => histogram));
    const at = (share: number) => all && percentile(all, share);
    return [{ protocol, count, errors, median: at(0.5), p95: at(0.95), unit }];
  });
}

/** A status of 500 and more is a failure of the server; other failures have a type. */
function isError({ attributes }: SeriesAnswer): boolean {
  return attributes.some(({ key, value }) => {
    if (key === "http.response.status_code" || key === "http.status_code") return Number(value) >= 500;
    return key === "error.type" && value !== "" && !/^[1-4]\d\d$/.test(String(value));
  });
}

/** Undefined where their buckets differ. */
function merge([first, ...rest]: readonly Histogram[]): Histogram | undefined {
  if (!first || rest.some(({ bounds }) => String(bounds) !== String(first.bounds))) return undefined;
  const all = [first, ...rest];
  const ends = (of: "min" | "max") => all.flatMap((one) => one[of] ?? []);
  return {
    count: sum(all.map(({ count }) => count)),
    bounds: first.bounds,
    counts: first.counts.map((_, at) => sum(all.map(({ counts }) => counts[at] ?? 0))),
    min: ends("min").length === all.length ? Math.min(...ends("min")) : undefined,
    max: ends("max").length === all.length ? Math.max(...ends("max")) : undefined,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
