/** The steps: a load on the pipeline, a fault, and what must hold after it. */
import { setTimeout as sleep } from "node:timers/promises";
import { answersProblems, countingProblems, storageProblems } from "./expectations.ts";
import {
  describe,
  expectNothingLost,
  type Observation,
  observe,
  type StepOptions,
  type StepResult,
} from "./observe.ts";
import { everyTransportWorks } from "./protocols.ts";
import { tracesAreFound } from "./search.ts";
import type { Tier } from "./tiers.ts";

export interface Step {
  readonly name: string;
  run(options: StepOptions): Promise<StepResult>;
}

type Load = Observation["load"];

const steady: Load = { perSecond: 40, seconds: 15, failEvery: 5 };
const during: Load = { perSecond: 20, seconds: 25, failEvery: 4 };
/** After the first spans, and long enough before the last ones. */
const faultAfterMs = 5000;
const awayMs = 5000;

export const steps: readonly Step[] = [
  { name: "each collector takes OTLP over gRPC and over HTTP", run: everyTransportWorks },
  { name: "a load without a fault", run: (options) => expectNothingLost(options, { load: steady }) },
  { name: "traces are found by service, operation and attribute", run: tracesAreFound },
  { name: "a collector is killed and comes back", run: (options) => interrupted(options, options.stack.collectors[0]) },
  {
    name: "a Kafka broker is killed and comes back",
    run: (options) => interrupted(options, options.stack.kafka.at(-1)),
  },
  {
    name: "a Cassandra node is killed and comes back",
    run: (options) => interrupted(options, options.stack.cassandra.at(-1)),
  },
  {
    name: "an ingester is killed and comes back: what that costs",
    run: (options) => measureIngesterLoss(options, (ingester) => ingester.kill()),
  },
  {
    name: "an ingester is stopped and comes back: what that costs",
    run: (options) => measureIngesterLoss(options, (ingester) => ingester.stop()),
  },
  { name: "Kafka is away", run: withoutKafka },
  {
    name: "afterwards all is as before",
    run: (options) => expectNothingLost(options, { load: { ...during, seconds: 10 } }),
  },
];

interface Breakable {
  kill(): Promise<void>;
  restart(): Promise<void>;
}

async function interrupted(options: StepOptions, part: Breakable | undefined): Promise<StepResult> {
  if (part === undefined) throw new Error("there is nothing to break");
  return expectNothingLost(options, { load: during, fault: () => interrupt(part, faultAfterMs, () => part.kill()) });
}

async function interrupt(part: Breakable, afterMs: number, end: () => Promise<void>): Promise<void> {
  await sleep(afterMs);
  await end();
  await sleep(awayMs);
  await part.restart();
}

/** decision_wait, with the time to the ingester and from it to the database. */
const lossWindowSeconds = 14;

/**
 * An ingester commits what it has read while that waits for its decision, and loses it when the process ends. So recent
 * traces are lost, completely or in part; older and newer ones must not be. Jaeger from 2.14 decides on them at once when
 * it is stopped in order, older versions do not.
 */
async function measureIngesterLoss(options: StepOptions, end: (ingester: Tier) => Promise<void>): Promise<StepResult> {
  const endAfterMs = faultAfterMs + awayMs;
  const endedMs = performance.now() + endAfterMs;
  const [ingester] = options.stack.ingesters;
  if (ingester === undefined) throw new Error("there is no ingester");
  const fault = () => interrupt(ingester, endAfterMs, () => end(ingester));
  const { findings, ...outcome } = await observe(options, { load: during, fault, patienceMs: 15_000 });
  const { failing, errorsIncomplete, othersTorn, spansTwice } = findings;
  const lost = new Set([...errorsIncomplete, ...othersTorn]);
  const ages = outcome.requests.filter(({ traceId }) => lost.has(traceId)).map(({ atMs }) => (endedMs - atMs) / 1000);
  const unexplained = ages.filter((age) => age > lossWindowSeconds || age < -1).length;
  return {
    problems: [
      ...answersProblems(outcome.requests),
      ...(unexplained > 0 ? [`${unexplained} traces were lost that no ingester was waiting to decide on`] : []),
      ...(spansTwice > 0 ? [`${spansTwice} spans are shown twice`] : []),
    ],
    facts: [
      ...describe({ findings, ...outcome }),
      `lost, wholly or in part: ${errorsIncomplete.length} of ${failing} traces with an error, the oldest ${Math.max(0, ...ages).toFixed(1)} s old; ${othersTorn.length} others in part; ${spansTwice} spans shown twice`,
    ],
  };
}

async function withoutKafka(options: StepOptions): Promise<StepResult> {
  const { stack, outageMs } = options;
  const { kafka, loadBalancer, ledger } = stack;
  const refusedBefore = loadBalancer.statuses.get(503) ?? 0;
  const unansweredBefore = loadBalancer.unanswered;
  await Promise.all(kafka.map((node) => node.kill()));
  const acceptedBefore = ledger.spans;
  let accepted = 0;
  const outcome = await observe(options, {
    load: { perSecond: 40, seconds: Math.ceil(outageMs / 1000), failEvery: 4 },
    fault: async () => {
      await sleep(outageMs);
      accepted = ledger.spans - acceptedBefore;
      await Promise.all(kafka.map((node) => node.restart()));
    },
  });
  const { dropped, failed } = outcome.totals;
  return {
    problems: [
      ...answersProblems(outcome.requests),
      ...countingProblems(outcome.totals),
      ...storageProblems(outcome.findings),
      ...(accepted > 0 ? [`the collectors accepted ${accepted} spans with nowhere to put them`] : []),
    ],
    facts: [
      ...describe(outcome),
      `away for ${outageMs / 1000} s: ${accepted} spans accepted, ${(loadBalancer.statuses.get(503) ?? 0) - refusedBefore} batches refused, ${loadBalancer.unanswered - unansweredBefore} not answered in time`,
      `the services counted ${dropped} spans dropped from a full queue and ${failed} given up`,
    ],
  };
}
