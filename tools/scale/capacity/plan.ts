/** The arithmetic of the capacity plan. */
import type { CapacityInputs } from "./inputs.ts";

export interface Policy {
  readonly name: string;
  /** Share of requests whose traces are recorded, decided at their root. */
  readonly head: number;
  /** Share of the recorded traces that tail sampling keeps, with those that have an error. */
  readonly tail: number;
}

export interface Plan {
  readonly requests: number;
  /** All a second. */
  readonly spans: number;
  readonly wireBytes: number;
  readonly collectorCores: number;
  readonly kafkaCores: number;
  /** A second, all copies. */
  readonly kafkaBytes: number;
  /** For as long as the topic keeps them, all copies. */
  readonly kafkaDisk: number;
  readonly ingesterCores: number;
  readonly partitions: number;
  readonly storedSpans: number;
  readonly databaseCores: number;
  /** All copies. */
  readonly storageBytesPerDay: number;
  /** The spans that wait for decisions, in all ingesters together. */
  readonly waitingSpans: number;
}

export const assumptions = {
  /** Of Kafka's records and of the database's rows. */
  copies: 3,
  /** How busy a core should be: the rest is for peaks, and for the share of a pod that is away. */
  busy: 0.5,
  coresPerIngester: 2,
  /** How many times more ingesters there can be before the topic needs more partitions. */
  growth: 2,
  /** The minimum, because every collector and ingester needs several. */
  fewestPartitions: 6,
  kafkaKeepsSeconds: 6 * 3600,
  decisionWaitSeconds: 10,
} as const;

export const policies: readonly Policy[] = [
  { name: "Tail sampling alone: all is recorded, and 10 % of it kept", head: 1, tail: 0.1 },
  { name: "Head sampling of 10 %, and 10 % of that kept", head: 0.1, tail: 0.1 },
  { name: "No sampling: all is recorded and kept", head: 1, tail: 1 },
];

export const requestRates: readonly number[] = [100, 1000, 10_000, 100_000, 1_000_000];

const secondsPerDay = 86_400;

export function makePlan(inputs: CapacityInputs, requests: number, { head, tail }: Policy): Plan {
  const { copies, busy } = assumptions;
  const rate = inputs.spansPerCoreSecond;
  const cores = (spans: number, perCore: number) => spans / perCore / busy;
  const spans = requests * inputs.spansPerRequest * head;
  const storedSpans = spans * tail;
  const ingesterCores = cores(spans, rate.ingesterRead) + cores(storedSpans, rate.ingesterWrite);
  const ingesters = Math.ceil(ingesterCores / assumptions.coresPerIngester);
  const kafkaBytes = spans * inputs.kafkaBytesPerSpan * copies;
  return {
    requests,
    spans,
    wireBytes: spans * inputs.wireBytesPerSpan,
    collectorCores: cores(spans, rate.collector),
    kafkaCores: cores(spans * copies, rate.kafka),
    kafkaBytes,
    kafkaDisk: kafkaBytes * assumptions.kafkaKeepsSeconds,
    ingesterCores,
    partitions: Math.max(assumptions.fewestPartitions, ingesters * assumptions.growth),
    storedSpans,
    databaseCores: cores(storedSpans * copies, rate.database),
    storageBytesPerDay: storedSpans * inputs.storedBytesPerSpan * copies * secondsPerDay,
    waitingSpans: spans * assumptions.decisionWaitSeconds,
  };
}
