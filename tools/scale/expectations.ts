/** The expectations after a load: each returns a sentence for each fault. */
import type { Request } from "./load.ts";
import type { SpanTotals } from "./pair.ts";
import type { Findings } from "./stored.ts";

/** Every request was answered as without telemetry. */
export function answersProblems(requests: readonly Request[]): string[] {
  const wrong = requests.filter(({ failing, status }) => status !== (failing ? 500 : 200));
  return wrong.length === 0 ? [] : [`${wrong.length} of ${requests.length} requests were answered wrongly`];
}

/** Accepted spans are stored: traces with an error completely, others completely or not at all, no span twice. */
export function storageProblems(findings: Findings): string[] {
  const problems: string[] = [];
  const { errorsIncomplete, spansMissing, spansTwice, othersTorn } = findings;
  if (errorsIncomplete.length > 0) {
    problems.push(
      `${errorsIncomplete.length} traces with an error lack ${spansMissing} accepted spans: ${some(errorsIncomplete)}`,
    );
  }
  if (spansTwice > 0) problems.push(`${spansTwice} spans are shown twice`);
  if (othersTorn.length > 0) problems.push(`${othersTorn.length} traces are stored in part: ${some(othersTorn)}`);
  return problems;
}

/** The services delivered everything: no trace with an error lacks a span. */
export function deliveryProblems({ errorsUndelivered, failing }: Findings, totals: SpanTotals): string[] {
  const problems: string[] = [];
  if (totals.dropped + totals.failed > 0) problems.push(`the services dropped ${totals.dropped + totals.failed} spans`);
  if (errorsUndelivered > 0)
    problems.push(`${errorsUndelivered} of ${failing} traces with an error were not delivered whole`);
  return problems;
}

/** Every started span is counted as delivered, dropped or given up. */
export function countingProblems({ started, live, exported, dropped, failed, waiting }: SpanTotals): string[] {
  const known = live + exported + dropped + failed + waiting;
  return started === known ? [] : [`the services made ${started} spans and account for ${known}`];
}

/** A difference of four standard deviations happens by chance once in 16 000 tests. */
const deviations = 4;

export function samplingProblems({ others, othersStored }: Findings, keepPercent: number): string[] {
  const share = keepPercent / 100;
  const expected = others * share;
  const margin = deviations * Math.sqrt(others * share * (1 - share));
  if (Math.abs(othersStored - expected) <= margin) return [];
  return [
    `${othersStored} of ${others} traces without an error are stored; ${keepPercent} % would be ${Math.round(expected)} ± ${Math.round(margin)}`,
  ];
}

function some(ids: readonly string[]): string {
  return ids.slice(0, 3).join(", ") + (ids.length > 3 ? ", ..." : "");
}
