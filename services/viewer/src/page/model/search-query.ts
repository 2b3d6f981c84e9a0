/** The search form's state, as it stands in the page's address and as the query API wants it. */
import { parseLogfmt } from "./logfmt.ts";

export interface SearchState {
  /** Empty means every service. */
  readonly service: string;
  /** Empty means every operation. */
  readonly operation: string;
  /** As typed, in logfmt. */
  readonly tags: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly lookback: string;
  readonly limit: number;
}

export const DEFAULT_SEARCH: SearchState = {
  service: "",
  operation: "",
  tags: "",
  minDuration: "",
  maxDuration: "",
  lookback: "1h",
  limit: 20,
};

const MAX_LIMIT = 1_000;
// As the query API reads them.
const DURATION = /^(?=.{1,64}$)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))+$/;

/** The state that an address's query names; what is missing or makes no sense is the default. */
export function readSearch(params: URLSearchParams): SearchState {
  const text = (key: keyof SearchState) => params.get(key)?.trim() || String(DEFAULT_SEARCH[key]);
  const limit = Math.floor(Number(params.get("limit")));
  return {
    service: text("service"),
    operation: text("operation"),
    tags: text("tags"),
    minDuration: text("minDuration"),
    maxDuration: text("maxDuration"),
    lookback: DURATION.test(text("lookback")) ? text("lookback") : DEFAULT_SEARCH.lookback,
    limit: limit >= 1 ? Math.min(limit, MAX_LIMIT) : DEFAULT_SEARCH.limit,
  };
}

/** The shortest query that `readSearch` reads back: only what differs from the default. */
export function writeSearch(state: SearchState): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (value !== DEFAULT_SEARCH[key as keyof SearchState]) params.set(key, String(value));
  }
  return params.toString();
}

export type ApiQuery =
  | { readonly ok: true; readonly query: string }
  | { readonly ok: false; readonly field: keyof SearchState; readonly problem: string };

/** The query for `/api/traces`, or which field cannot be understood and why. */
export function apiQuery(state: SearchState): ApiQuery {
  const tags = parseLogfmt(state.tags);
  if (!tags.ok) return { ok: false, field: "tags", problem: tags.problem };
  for (const field of ["minDuration", "maxDuration"] as const) {
    if (state[field] !== "" && !DURATION.test(state[field])) {
      return { ok: false, field, problem: "a number with a unit, such as 100us, 1.5ms or 2s" };
    }
  }
  const { tags: _typed, ...rest } = state;
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) if (value !== "") params.set(key, String(value));
  if (Object.keys(tags.tags).length > 0) params.set("tags", JSON.stringify(tags.tags));
  return { ok: true, query: params.toString() };
}

/** A trace id as somebody pasted it: 32 hex digits (or 16, as old tracers write it), or a whole traceparent. */
export function readTraceId(pasted: string): string | undefined {
  const text = pasted.trim().toLowerCase();
  const [, fromTraceparent] = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(text) ?? [];
  const id = fromTraceparent ?? text;
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** The page of a trace, opened at a span; undefined where the id is none, as nothing else that was sent becomes a path. */
export function tracePath(traceId: string, spanId = ""): string | undefined {
  const id = readTraceId(traceId);
  if (id === undefined) return undefined;
  return /^[0-9a-f]{16}$/.test(spanId) ? `/trace/${id}#span=${spanId}` : `/trace/${id}`;
}
