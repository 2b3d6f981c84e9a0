/** Compares the spans in the query API with the accepted ones. */
import type { Ledger } from "./ledger.ts";
import type { Request } from "./load.ts";

export interface Findings {
  readonly failing: number;
  /** Traces with an error that lack accepted spans, or are missing completely. */
  readonly errorsIncomplete: readonly string[];
  /** Accepted spans of traces with an error that are not stored. */
  readonly spansMissing: number;
  /** Spans that the API shows more than once. */
  readonly spansTwice: number;
  /** Traces with an error of which a service did not deliver a span, so no collector accepted it. */
  readonly errorsUndelivered: number;
  readonly others: number;
  readonly othersStored: number;
  /** Traces without an error that are stored only in part. */
  readonly othersTorn: readonly string[];
}

/** The spans of a roll: in front a SERVER and a CLIENT span, in back a SERVER span and the manual one. */
export const spansPerTrace = 4;

const atOnce = 8;

export async function compareWithStored(
  queryUrl: string,
  requests: readonly Request[],
  ledger: Ledger,
): Promise<Findings> {
  const errorsIncomplete: string[] = [];
  const othersTorn: string[] = [];
  const failing = requests.filter((request) => request.failing);
  let [spansMissing, spansTwice, errorsUndelivered, othersStored] = [0, 0, 0, 0];

  const look = async (request: Request) => {
    const accepted = ledger.trace(request.traceId)?.spanIds ?? new Set<string>();
    const shown = await storedSpans(queryUrl, request.traceId);
    const stored = new Set(shown);
    const missing = [...accepted].filter((span) => !stored.has(span)).length;
    spansTwice += shown.length - stored.size;
    if (request.failing) {
      if (accepted.size < spansPerTrace) errorsUndelivered += 1;
      if (missing > 0) errorsIncomplete.push(request.traceId);
      spansMissing += missing;
    } else if (stored.size > 0) {
      othersStored += 1;
      if (missing > 0) othersTorn.push(request.traceId);
    }
  };
  // A request without an answer has no known trace; another expectation reports it.
  const queue = requests.filter(({ traceId }) => traceId !== "");
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) await look(next);
    }),
  );
  const others = requests.length - failing.length;
  return {
    failing: failing.length,
    errorsIncomplete,
    spansMissing,
    spansTwice,
    errorsUndelivered,
    others,
    othersStored,
    othersTorn,
  };
}

/** The ids of all spans of a trace in the API, with duplicates. */
export async function storedSpans(queryUrl: string, traceId: string): Promise<readonly string[]> {
  const response = await fetch(`${queryUrl}/api/traces/${traceId}`, { signal: AbortSignal.timeout(20_000) });
  if (response.status === 404) return [];
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
  const { data } = (await response.json()) as { data: readonly { spans: readonly { spanID: string }[] }[] };
  return data.flatMap((trace) => trace.spans.map((span) => span.spanID));
}
