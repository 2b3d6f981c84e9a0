/** The orders in which a search can give its traces. */
import type { StoredTrace } from "../store.ts";

export const SORTS = ["newest", "longest", "spans", "errors"] as const;
export type Sort = (typeof SORTS)[number];

/** Undefined for the order of the store: those that came last first. */
export function sorter(sort: Sort): ((trace: StoredTrace) => number) | undefined {
  if (sort === "newest") return undefined;
  if (sort === "longest") return durationOf;
  if (sort === "spans") return ({ spans }) => spans.length;
  return ({ spans }) => spans.filter(({ status }) => status.code === "error").length;
}

/** Nanoseconds, from the first start to the last end. */
function durationOf({ spans }: StoredTrace): number {
  let [first, last] = [spans[0]?.startTime ?? 0n, 0n];
  for (const { startTime, endTime } of spans) {
    if (startTime < first) first = startTime;
    if (endTime > last) last = endTime;
  }
  return Number(last - first);
}
