/** The conditions of a search. */
import type { SpanRecord } from "../records.ts";
import type { StoredTrace } from "../store.ts";
import { eventFields, spanTags } from "./jaeger-json.ts";
import { ParamError, parseTraceId, readDuration, readTags, readWhole } from "./params.ts";

export interface Search {
  /** When there are any, the other conditions do not count. */
  readonly traceIds: readonly string[];
  readonly limit: number;
  /** Whether a trace matches: one of its spans must meet every condition. */
  readonly matches: (trace: StoredTrace) => boolean;
}

const DEFAULT_LIMIT = 100;

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
    matches: ({ spans }) => spans.some((span) => matchesSpan(span, wanted)),
  };
}

interface Wanted {
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
