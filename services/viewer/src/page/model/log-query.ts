/** What the page of logs looks for, as it stands in its address and as the query API wants it. */

export interface LogQuery {
  readonly search: string;
  readonly severity: string;
  readonly service: string;
  /** Logs of one trace; empty means all. */
  readonly traceID: string;
}

const FIELDS = ["search", "severity", "service", "traceID"] as const;
const LIMIT = 200;

export function readLogQuery(params: URLSearchParams): LogQuery {
  const [search = "", severity = "", service = "", traceID = ""] = FIELDS.map(
    (field) => params.get(field)?.trim() ?? "",
  );
  return { search, severity, service, traceID };
}

/** The shortest query that `readLogQuery` reads back. */
export function writeLogQuery(query: LogQuery): string {
  return new URLSearchParams(
    FIELDS.filter((field) => query[field] !== "").map((field): [string, string] => [field, query[field]]),
  ).toString();
}

/** The query for `/api/viewer/logs`. */
export function logApiQuery(query: LogQuery): string {
  return [writeLogQuery(query), `limit=${LIMIT}`].filter(Boolean).join("&");
}
