/** The plan as Markdown. */
import type { CapacityInputs } from "./inputs.ts";
import { assumptions, makePlan, type Plan, policies, requestRates } from "./plan.ts";

export function renderTables(inputs: CapacityInputs): string {
  return [renderInputs(inputs), renderAssumptions(), ...policies.map((policy) => renderPolicy(inputs, policy))].join(
    "\n",
  );
}

function renderInputs(inputs: CapacityInputs): string {
  const { spansPerCoreSecond: rate } = inputs;
  const rows: readonly (readonly [string, string])[] = [
    ["Spans a request", count(inputs.spansPerRequest)],
    ["Bytes a span on the wire (OTLP, not compressed)", count(inputs.wireBytesPerSpan)],
    ["Bytes a span in Kafka (lz4, one copy)", count(inputs.kafkaBytesPerSpan)],
    ["Bytes a span in Cassandra (one copy, indexes included)", count(inputs.storedBytesPerSpan)],
    ["Spans/s a core: collector", count(rate.collector)],
    ["Spans/s a core: Kafka, one copy", count(rate.kafka)],
    ["Spans/s a core: ingester, read and decided", count(rate.ingesterRead)],
    ["Spans/s a core: ingester, written", count(rate.ingesterWrite)],
    ["Spans/s a core: Cassandra, one copy", count(rate.database)],
  ];
  return `Measured on ${inputs.measuredOn}, ${inputs.date}:\n\n${table(["Input", "Measured"], rows)}\n`;
}

function renderAssumptions(): string {
  const { copies, busy, coresPerIngester, growth, kafkaKeepsSeconds, decisionWaitSeconds } = assumptions;
  return `Assumed: ${copies} copies in Kafka and in the database; cores ${busy * 100} % busy; ingesters of ${coresPerIngester} cores, and partitions for ${growth} times as many; Kafka keeps ${kafkaKeepsSeconds / 3600} h; a decision after ${decisionWaitSeconds} s.\n`;
}

const columns: readonly (readonly [string, (plan: Plan) => string])[] = [
  ["Requests/s", (plan) => count(plan.requests)],
  ["Spans/s", (plan) => count(plan.spans)],
  ["On the wire", (plan) => `${bytes(plan.wireBytes)}/s`],
  ["Collector cores", (plan) => cores(plan.collectorCores)],
  ["Kafka cores", (plan) => cores(plan.kafkaCores)],
  ["Kafka writes", (plan) => `${bytes(plan.kafkaBytes)}/s`],
  ["Kafka disk", (plan) => bytes(plan.kafkaDisk)],
  ["Partitions", (plan) => count(plan.partitions)],
  ["Ingester cores", (plan) => cores(plan.ingesterCores)],
  ["Spans waiting", (plan) => count(plan.waitingSpans)],
  ["Spans/s stored", (plan) => count(plan.storedSpans)],
  ["Cassandra cores", (plan) => cores(plan.databaseCores)],
  ["Storage a day", (plan) => bytes(plan.storageBytesPerDay)],
];

function renderPolicy(inputs: CapacityInputs, policy: (typeof policies)[number]): string {
  const rows = requestRates.map((requests) => {
    const plan = makePlan(inputs, requests, policy);
    return columns.map(([, show]) => show(plan));
  });
  return `${policy.name}:\n\n${table(
    columns.map(([name]) => name),
    rows,
  )}\n`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

function count(value: number): string {
  return Math.round(value).toLocaleString("en-US").replaceAll(",", " ");
}

/** Rounded up: a tenth of a core has to be there too. */
function cores(value: number): string {
  return value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : count(Math.ceil(value));
}

function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  let rest = value;
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000;
    unit += 1;
  }
  return `${rest < 10 ? rest.toFixed(1) : Math.round(rest)} ${units[unit]}`;
}
