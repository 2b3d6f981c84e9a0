/** Which logs a search asks for. */
import type { LogRecord } from "../records.ts";
import { parseTraceId, readChoice, readWhole } from "./params.ts";

export interface LogSearch {
  readonly limit: number;
  readonly matches: (log: LogRecord) => boolean;
}

const DEFAULT_LIMIT = 200;
const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/**
 * `search` is words that all must stand in the body, the attributes, the service or the scope; `severity` is the least
 * one; `service` and `traceID` are exact.
 * @throws ParamError
 */
export function readLogSearch(params: URLSearchParams): LogSearch {
  const words = (params.get("search") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const service = params.get("service") ?? "";
  const level = readChoice(params, "severity", LEVELS);
  // Four numbers to each level.
  const least = level === undefined ? 0 : LEVELS.indexOf(level) * 4 + 1;
  const traceId = params.get("traceID") ? parseTraceId(params.get("traceID") ?? "", "traceID") : undefined;
  return {
    limit: readWhole(params, "limit", 1) ?? DEFAULT_LIMIT,
    matches: (log) =>
      (service === "" || log.resource.service === service) &&
      (traceId === undefined || log.traceId === traceId) &&
      severityOf(log) >= least &&
      hasWords(log, words),
  };
}

/** The newest first. */
export function findLogs(logs: Iterable<LogRecord>, { limit, matches }: LogSearch) {
  const all = [...logs].filter(matches);
  // Times of several machines can be equal; what came later is the newer one.
  all.sort((a, b) => (a.time === b.time ? b.id - a.id : a.time < b.time ? 1 : -1));
  return { found: all.slice(0, limit), total: all.length };
}

/** A severity that was not given is information. */
function severityOf({ severityNumber }: LogRecord): number {
  return severityNumber === 0 ? 9 : severityNumber;
}

function hasWords(log: LogRecord, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const attributes = log.attributes.map(({ key, value }) => `${key}=${value}`);
  const text = [log.body, log.severityText, log.resource.service, log.scope.name, log.traceId, ...attributes].join(
    "\n",
  );
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}
