/** What is done to the pipeline while it works, and what must hold all the same. */
import { setTimeout as sleep } from "node:timers/promises";
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
  /** Figures worth keeping. */
  readonly facts: readonly string[];
}

export interface StepOptions {
  readonly stack: ScaleStack;
  readonly keepPercent: number;
  /** Milliseconds that Kafka is away. */
  readonly outageMs: number;
}

export interface Step {
  readonly name: string;
  run(options: StepOptions): Promise<StepResult>;
}

type Load = Omit<LoadOptions, "frontUrl">;

const steady: Load = { perSecond: 40, seconds: 15, failEvery: 5 };
const during: Load = { perSecond: 20, seconds: 25, failEvery: 4 };
/** After the first spans, and long enough before the last ones. */
const faultAfterMs = 5000;
const awayMs = 5000;

export const steps: readonly Step[] = [
  { name: "a load without a fault", run: (options) => run(options, steady, async () => {}) },
  {
    name: "a collector is killed and comes back",
    run: (options) => run(options, during, () => interrupt(options.stack.collectors[0])),
  },
  {
    name: "a Kafka broker is killed and comes back",
    run: (options) => run(options, during, () => interrupt(options.stack.kafka.at(-1))),
  },
  {
    name: "a Cassandra node is killed and comes back",
    run: (options) => run(options, during, () => interrupt(options.stack.cassandra.at(-1))),
  },
  { name: "an ingester is killed and comes back (measured)", run: measureIngesterLoss },
  { name: "Kafka is away", run: withoutKafka },
  { name: "afterwards all is as before", run: (options) => run(options, { ...during, seconds: 10 }, async () => {}) },
];

interface Breakable {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

async function interrupt(part: Breakable | undefined): Promise<void> {
  await sleep(faultAfterMs);
  await part?.kill();
  await sleep(awayMs);
  await part?.restart();
}

interface Outcome {
  readonly requests: readonly Request[];
  readonly findings: Findings;
  /** Of this step alone. */
  readonly totals: SpanTotals;
}

async function observe({ stack }: StepOptions, load: Load, fault: () => Promise<void>): Promise<Outcome> {
  const before = await stack.pair.spanTotals();
  const [requests] = await Promise.all([sendLoad({ ...load, frontUrl: stack.pair.frontUrl }), fault()]);
  const findings = await settle(stack, requests);
  return { requests, findings, totals: difference(await stack.pair.spanTotals(), before) };
}

function difference(after: SpanTotals, before: SpanTotals): SpanTotals {
  const { started, exported, dropped, failed } = before;
  return {
    ...after,
    started: after.started - started,
    exported: after.exported - exported,
    dropped: after.dropped - dropped,
    failed: after.failed - failed,
  };
}

async function run(options: StepOptions, load: Load, fault: () => Promise<void>): Promise<StepResult> {
  const outcome = await observe(options, load, fault);
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

function describe({ requests, findings, totals }: Outcome): string[] {
  const { failing, others, othersStored } = findings;
  const slowest = Math.max(...requests.map((request) => request.elapsedMs));
  return [
    `${requests.length} requests, the slowest ${Math.round(slowest)} ms; ${totals.started} spans made, ${totals.exported} accepted`,
    `${failing} traces with an error, ${failing - findings.errorsIncomplete.length} stored whole; of ${others} others ${othersStored} stored`,
  ];
}

/**
 * What an ingester has read is committed while it waits for its decision, and ends with the process. So traces that were
 * young when it was killed are lost, wholly or in part; older and newer ones must not be.
 */
async function measureIngesterLoss(options: StepOptions): Promise<StepResult> {
  let killedMs = 0;
  const outcome = await observe(options, during, async () => {
    await sleep(faultAfterMs + awayMs);
    killedMs = performance.now();
    await options.stack.ingesters[0]?.kill();
    await sleep(awayMs);
    await options.stack.ingesters[0]?.restart();
  });
  const lost = new Set([...outcome.findings.errorsIncomplete, ...outcome.findings.othersTorn]);
  const ages = outcome.requests.filter(({ traceId }) => lost.has(traceId)).map(({ atMs }) => (killedMs - atMs) / 1000);
  const oldest = Math.max(0, ...ages);
  const outside = ages.filter((age) => age > lossWindowSeconds || age < -1).length;
  const { failing, errorsIncomplete, othersTorn, spansTwice } = outcome.findings;
  return {
    problems: [
      ...answersProblems(outcome.requests),
      ...(outside > 0 ? [`${outside} traces were lost that no ingester was waiting to decide on`] : []),
      ...(spansTwice > 0 ? [`${spansTwice} spans are shown twice`] : []),
    ],
    facts: [
      ...describe(outcome),
      `lost: ${errorsIncomplete.length} of ${failing} traces with an error, the oldest ${oldest.toFixed(1)} s old; ${othersTorn.length} others torn; ${spansTwice} spans shown twice`,
    ],
  };
}

/** decision_wait, and the way to the ingester and from it to the database. */
const lossWindowSeconds = 14;

async function withoutKafka(options: StepOptions): Promise<StepResult> {
  const { stack, outageMs } = options;
  const refusedBefore = stack.door.statuses.get(503) ?? 0;
  const load = { perSecond: 40, seconds: Math.ceil(outageMs / 1000), failEvery: 4 };
  await Promise.all(stack.kafka.map((node) => node.kill()));
  const outcome = await observe(options, load, async () => {
    await sleep(outageMs);
    await Promise.all(stack.kafka.map((node) => node.restart()));
  });
  const refused = (stack.door.statuses.get(503) ?? 0) - refusedBefore;
  const { dropped, failed } = outcome.totals;
  return {
    problems: [
      ...answersProblems(outcome.requests),
      ...countingProblems(outcome.totals),
      ...storageProblems(outcome.findings),
      ...(refused === 0 ? ["the collectors accepted spans with nowhere to put them"] : []),
    ],
    facts: [
      ...describe(outcome),
      `${refused} batches refused; the services counted ${dropped} spans dropped from a full queue and ${failed} given up`,
    ],
  };
}
