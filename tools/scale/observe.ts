/** One load, one fault during it, and the outcome. */
import {
  answersProblems,
  countingProblems,
  deliveryProblems,
  samplingProblems,
  storageProblems,
} from "./expectations.ts";
import { type LoadOptions, type Request, sendLoad } from "./load.ts";
import type { SpanTotals } from "./pair.ts";
import { settle } from "./settle.ts";
import type { ScaleStack } from "./stack.ts";
import type { Findings } from "./stored.ts";

export interface StepResult {
  readonly problems: readonly string[];
  /** Figures to print. */
  readonly facts: readonly string[];
}

export interface StepOptions {
  readonly stack: ScaleStack;
  readonly keepPercent: number;
  /** Milliseconds that Kafka is away. */
  readonly outageMs: number;
}

export interface Outcome {
  readonly requests: readonly Request[];
  readonly findings: Findings;
  /** Of this load alone. */
  readonly totals: SpanTotals;
}

export interface Observation {
  readonly load: Omit<LoadOptions, "frontUrl">;
  /** Runs during the load. @default No fault. */
  readonly fault?: () => Promise<void>;
  /** Milliseconds to wait for missing spans. @default 60000 */
  readonly patienceMs?: number;
}

export async function observe({ stack }: StepOptions, { load, fault, patienceMs }: Observation): Promise<Outcome> {
  const before = await stack.pair.spanTotals();
  const [requests] = await Promise.all([sendLoad({ ...load, frontUrl: stack.pair.frontUrl }), fault?.()]);
  const findings = await settle(stack, requests, patienceMs);
  return { requests, findings, totals: difference(await stack.pair.spanTotals(), before) };
}

/** A load, with or without a fault, after which no span may be missing. */
export async function expectNothingLost(options: StepOptions, observation: Observation): Promise<StepResult> {
  const outcome = await observe(options, observation);
  return {
    problems: [
      ...answersProblems(outcome.requests),
      ...countingProblems(outcome.totals),
      ...deliveryProblems(outcome.findings, outcome.totals),
      ...storageProblems(outcome.findings),
      ...samplingProblems(outcome.findings, options.keepPercent),
    ],
    facts: describe(outcome),
  };
}

export function describe({ requests, findings, totals }: Outcome): string[] {
  const { failing, others, othersStored, errorsIncomplete, errorsUndelivered } = findings;
  const slowest = Math.max(...requests.map((request) => request.elapsedMs));
  const whole = failing - errorsIncomplete.length;
  const undelivered = errorsUndelivered > 0 ? ` (of ${errorsUndelivered}, all that was accepted)` : "";
  return [
    `${requests.length} requests, the slowest ${Math.round(slowest)} ms; ${totals.started} spans made, ${totals.exported} accepted`,
    `${failing} traces with an error, ${whole} stored whole${undelivered}; of ${others} others ${othersStored} stored`,
  ];
}

function difference(after: SpanTotals, before: SpanTotals): SpanTotals {
  return {
    ...after,
    started: after.started - before.started,
    exported: after.exported - before.exported,
    dropped: after.dropped - before.dropped,
    failed: after.failed - before.failed,
  };
}
