/** The state of the search form, as a query of the page's address and as a query of the API. */
import { parseLogfmt, writeLogfmt } from "./logfmt.ts";

/** Everything as it was typed: what cannot be understood is said, and not replaced. */
export interface SearchState {
  /** Empty means every service. */
  readonly service: string;
  /** Empty means every operation. */
  readonly operation: string;
  /** In logfmt. */
  readonly tags: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  /** A length of time, or `custom` where `start` and `end` say it. */
  readonly lookback: string;
  /** Microseconds since 1970; empty means any. */
  readonly start: string;
  readonly end: string;
  readonly limit: string;
  readonly sort: string;
  /** With spaces between them; if there are any, nothing else counts. */
  readonly traceIds: string;
}

export const DEFAULT_SEARCH: SearchState = {
  service: "",
  operation: "",
  tags: "",
  minDuration: "",
  maxDuration: "",
  lookback: "1h",
  start: "",
  end: "",
  limit: "20",
  sort: "newest",
  traceIds: "",
};

export const CUSTOM = "custom";

const MAX_LIMIT = 1_500;
// As the query API reads them.
const DURATION = /^(?=.{1,64}$)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h|d|w))+$/;

/** The state that an address's query names, whether this page or Jaeger's wrote it; what is missing is the default. */
export function readSearch(params: URLSearchParams): SearchState {
  const text = (key: keyof SearchState) => params.get(key)?.trim() || DEFAULT_SEARCH[key];
  const [start, end] = [text("start"), text("end")];
  // Jaeger's page writes for how long it looked back next to the moments that came of it.
  const lookback = start === "" && end === "" ? text("lookback") : CUSTOM;
  return {
    service: unless("-", text("service")),
    operation: unless("all", text("operation")),
    tags: readTags(params),
    minDuration: text("minDuration"),
    maxDuration: text("maxDuration"),
    lookback,
    start,
    end,
    limit: text("limit"),
    sort: text("sort"),
    traceIds: [...params.getAll("traceID"), text("traceIds")].filter(Boolean).join(" "),
  };
}

/** Jaeger's page writes a word for "any". */
function unless(word: string, text: string): string {
  return text === word ? "" : text;
}

/** `tags` in logfmt or as a JSON object, and any number of `tag=key:value`. */
function readTags(params: URLSearchParams): string {
  const pairs = params.getAll("tag").map((pair) => {
    const colon = pair.indexOf(":");
    return colon < 1 ? pair : writeLogfmt([[pair.slice(0, colon), pair.slice(colon + 1)]]);
  });
  const typed = params.getAll("tags").map((text) => readJsonTags(text) ?? text.trim());
  return [...typed, ...pairs].filter(Boolean).join(" ");
}

function readJsonTags(text: string): string | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return writeLogfmt(Object.entries(JSON.parse(text) as object).map(([key, value]) => [key, String(value)] as const));
  } catch {
    return undefined;
  }
}

/** The shortest query that `readSearch` reads back: only what differs from the default. */
export function writeSearch(state: SearchState): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(state)) {
    if (value !== DEFAULT_SEARCH[key as keyof SearchState]) params.set(key, value);
  }
  return params.toString();
}

/** Why a search cannot be made, and at which field; no field where it is none of the form's. */
export interface Problem {
  readonly field?: keyof SearchState;
  readonly problem: string;
}

export type ApiQuery = { readonly ok: true; readonly query: string } | ({ readonly ok: false } & Problem);

/** The query for `/api/viewer/traces`, or which field cannot be understood and why. */
export function apiQuery(state: SearchState): ApiQuery {
  if (state.traceIds !== "") {
    const ids = state.traceIds.split(/\s+/).map((id): [string, string] => ["traceID", id]);
    return { ok: true, query: new URLSearchParams(ids).toString() };
  }
  const wrong = findProblem(state);
  if (wrong) return { ok: false, ...wrong };
  const { tags: typed, lookback, traceIds: _none, ...rest } = state;
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) if (value !== "") params.set(key, value);
  if (lookback !== CUSTOM) params.set("lookback", lookback);
  const tags = parseLogfmt(typed);
  if (tags.ok && Object.keys(tags.tags).length > 0) params.set("tags", JSON.stringify(tags.tags));
  return { ok: true, query: params.toString() };
}

function findProblem(state: SearchState): Problem | undefined {
  const tags = parseLogfmt(state.tags);
  if (!tags.ok) return { field: "tags", problem: `Tags: ${tags.problem}.` };
  for (const field of ["minDuration", "maxDuration", "lookback"] as const) {
    const isGiven = state[field] !== "" && state[field] !== CUSTOM;
    if (isGiven && !DURATION.test(state[field])) {
      return { field, problem: "Use a number with a unit, such as 100us, 1.5ms or 2s." };
    }
  }
  for (const field of ["start", "end"] as const) {
    if (state[field] !== "" && !/^\d{1,17}$/.test(state[field])) {
      return { field, problem: "A moment in an address is whole microseconds since 1970." };
    }
  }
  const limit = /^\d{1,9}$/.test(state.limit) ? Number(state.limit) : 0;
  if (limit < 1 || limit > MAX_LIMIT) return { field: "limit", problem: `Use a whole number from 1 to ${MAX_LIMIT}.` };
  return undefined;
}

/** The query API names the parameter that it refuses. */
export function readRefusal(message: string): Problem {
  const [, name = "", rule = ""] = /^parameter '(\w{1,40})' (.*)$/s.exec(message) ?? [];
  if (!Object.hasOwn(DEFAULT_SEARCH, name)) return { problem: message };
  const sentence = rule.replaceAll("'minDuration'", "the shortest duration");
  return { field: name as keyof SearchState, problem: `It ${sentence}.` };
}

/** Reads a pasted trace id: 32 hex digits (16 from old tracers), or a whole traceparent. */
export function readTraceId(pasted: string): string | undefined {
  const text = pasted.trim().toLowerCase();
  const [, fromTraceparent] = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(text) ?? [];
  const id = fromTraceparent ?? text;
  return /^([0-9a-f]{16}|[0-9a-f]{32})$/.test(id) && !/^0+$/.test(id) ? id : undefined;
}

/** The page of a trace, opened at a span; `undefined` for an invalid id, because other sent text must not become a path. */
export function tracePath(traceId: string, spanId = ""): string | undefined {
  const id = readTraceId(traceId);
  if (id === undefined) return undefined;
  return /^[0-9a-f]{16}$/.test(spanId) ? `/trace/${id}#span=${spanId}` : `/trace/${id}`;
}
