/** The conditions of a search. */
import type { SpanRecord } from "../records.ts";
import type { Store, StoredTrace } from "../store.ts";
import { eventFields, spanTags } from "./jaeger-json.ts";
import { ParamError, parseTraceId, readDuration, readTags, readWhole } from "./params.ts";

export interface Search {
  /** When there are any, the other conditions do not count. */
  readonly traceIds: readonly string[];
  readonly limit: number;
  /** Whether a trace matches: one of its spans must meet every condition. */
  readonly matches: (trace: StoredTrace) => boolean;
}

export const DEFAULT_LIMIT = 100;

/**
 * Jaeger needs a service and a time. Here a search without a service is for all services, and one without a time is for
 * all times.
 * @param now Milliseconds since 1970, for `lookback`.
 * @throws ParamError
 */
export function readSearch(params: URLSearchParams, now: number): Search {
  const wanted = {
    service: params.get("service") ?? "",
    operation: params.get("operation") ?? "",
    tags: readTags(params),
    ...readTimes(params, now),
    ...readDurations(params),
  };
  return {
    traceIds: params.getAll("traceID").map((id) => parseTraceId(id, "traceID")),
    limit: readWhole(params, "limit", 1) ?? DEFAULT_LIMIT,
    matches: matcher(wanted),
  };
}

/** Whether one span of a trace meets every condition. */
export function matcher(wanted: Wanted): Search["matches"] {
  const { service } = wanted;
  return ({ spans, services }) =>
    (service === "" || services.has(service)) && spans.some((span) => matchesSpan(span, wanted));
}

export interface TraceQuery extends Pick<Search, "limit" | "matches"> {
  /** The traces with the highest numbers come first. @default those that came last */
  readonly sort?: ((trace: StoredTrace) => number) | undefined;
}

/** As many traces as wanted, and how many there are. */
export function findTraces(store: Store, { limit, matches, sort }: TraceQuery) {
  const all = [...store.traces()].filter(matches);
  if (!sort) return { found: all.slice(0, limit), total: all.length };
  const ranked = all.map((trace) => ({ trace, rank: sort(trace) })).sort((a, b) => b.rank - a.rank);
  return { found: ranked.slice(0, limit).map(({ trace }) => trace), total: all.length };
}

export interface Wanted {
  readonly service: string;
  readonly operation: string;
  readonly tags: ReadonlyMap<string, string>;
  /** Nanoseconds since 1970. */
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
  /** Nanoseconds. */
  readonly minDuration: number;
  readonly maxDuration: number;
}

function matchesSpan(span: SpanRecord, wanted: Wanted): boolean {
  if (wanted.service !== "" && span.resource.service !== wanted.service) return false;
  if (wanted.operation !== "" && span.name !== wanted.operation) return false;
  if (wanted.from !== undefined && span.startTime < wanted.from) return false;
  if (wanted.to !== undefined && span.startTime > wanted.to) return false;
  const duration = Number(span.endTime - span.startTime);
  if (duration < wanted.minDuration || duration > wanted.maxDuration) return false;
  return wanted.tags.size === 0 || matchesTags(span, wanted.tags);
}

/** A tag may be on the span, its resource, its scope or one of its events. */
function matchesTags(span: SpanRecord, tags: ReadonlyMap<string, string>): boolean {
  const all = [
    ...spanTags(span),
    ...span.resource.attributes,
    ...span.scope.attributes,
    ...span.events.flatMap(eventFields),
  ];
  return [...tags].every(([key, value]) => {
    // A span without an error has no tag `error`.
    if (key === "error" && value === "false") return span.status.code !== "error";
    return all.some((tag) => tag.key === key && String(tag.value) === value);
  });
}

/** `start` and `end` are microseconds since 1970; `lookback` is how long before `end`, or before now. */
function readTimes(params: URLSearchParams, now: number): Pick<Wanted, "from" | "to"> {
  const start = readWhole(params, "start", 0);
  const end = readWhole(params, "end", 0);
  // Jaeger's page writes "custom" next to a start and an end of its own.
  const lookback = params.get("lookback") === "custom" ? undefined : readDuration(params, "lookback");
  const to = end === undefined ? undefined : BigInt(end) * 1000n;
  if (start !== undefined) return { from: BigInt(start) * 1000n, to };
  if (lookback === undefined) return { from: undefined, to };
  return { from: (to ?? BigInt(now) * 1_000_000n) - BigInt(Math.round(lookback)), to };
}

function readDurations(params: URLSearchParams): Pick<Wanted, "minDuration" | "maxDuration"> {
  const minDuration = readDuration(params, "minDuration") ?? 0;
  const maxDuration = readDuration(params, "maxDuration") ?? Number.POSITIVE_INFINITY;
  if (maxDuration < minDuration) throw new ParamError("maxDuration", "no less than 'minDuration'");
  return { minDuration, maxDuration };
}
