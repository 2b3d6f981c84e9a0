/** Measures the costs of a span in each tier, with one process of each on this machine. */
import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../until.ts";
import { createTopic, type Node, startCassandra, startKafka } from "../engines.ts";
import { createLedger } from "../ledger.ts";
import { sendLoad } from "../load.ts";
import { startLoadBalancer } from "../load-balancer.ts";
import { readSentSpans } from "../otlp-spans.ts";
import { startPair } from "../pair.ts";
import { createStopper, type Stopper } from "../stack.ts";
import { spansPerTrace } from "../stored.ts";
import { startCollector, startIngester, type Tier, type TierOptions } from "../tiers.ts";
import type { Tools } from "../tools.ts";
import type { CapacityInputs } from "./inputs.ts";
import { type Recording, replay } from "./replay.ts";
import { cpuSeconds, folderBytes } from "./usage.ts";

/** So many that the start and idle time do not matter. */
const readSpans = 400_000;
const writtenSpans = 60_000;

export async function measureInputs(tools: Tools, say: (what: string) => void): Promise<CapacityInputs> {
  const stopper = await createStopper();
  try {
    return await measure(tools, stopper, say);
  } finally {
    await stopper.stopAll();
  }
}

async function measure(tools: Tools, stopper: Stopper, say: (what: string) => void): Promise<CapacityInputs> {
  const engines = { tools, nodes: 1, folder: stopper.folder };
  const [[kafka], [database]] = await Promise.all([startKafka(engines), startCassandra(engines)]);
  if (kafka === undefined || database === undefined) throw new Error("no engines");
  stopper.onStop(() => Promise.all([kafka.stop(), database.stop()]));
  await createTopic(engines, 6);
  const tier: TierOptions = { ...engines, settings: { KEEP_PERCENT: "0" } };
  const collector = await startCollector(1, tier);
  stopper.onStop(() => collector.stop());
  say("Kafka, Cassandra and a collector serve");

  const logBefore = await logBytes(kafka);
  const recordings = await record(collector, stopper);
  const sent = recordings.reduce((total, one) => total + one.spans, 0);
  const wireBytes = recordings.reduce((total, one) => total + one.body.byteLength, 0);
  // Not from the replay: its requests are more similar than real ones and compress better.
  const kafkaBytes = (await logBytes(kafka)) - logBefore;
  say(`recorded ${sent} spans in ${recordings.length} requests`);

  const read = await measureReading(collector, kafka, recordings, tier, stopper);
  say(`${read.spans} spans sent and read`);
  const written = await measureWriting(collector, database, recordings, tier, stopper);
  say(`${written.spans} spans written`);
  const readSeconds = written.spans / read.ingester;
  return {
    measuredOn: describeMachine(),
    date: new Date().toISOString().slice(0, 10),
    spansPerRequest: spansPerTrace,
    wireBytesPerSpan: Math.round(wireBytes / sent),
    kafkaBytesPerSpan: Math.round(kafkaBytes / sent),
    storedBytesPerSpan: Math.round(written.bytes / written.spans),
    spansPerCoreSecond: {
      collector: rounded(read.collector),
      kafka: rounded(read.kafka),
      ingesterRead: rounded(read.ingester),
      ingesterWrite: rounded(written.spans / Math.max(written.ingesterSeconds - readSeconds, 0.01)),
      database: rounded(written.spans / written.databaseSeconds),
    },
  };
}

/** The requests that the pair sends in a few seconds. */
async function record(collector: Tier, stopper: Stopper): Promise<readonly Recording[]> {
  const recordings: Recording[] = [];
  const keep = (body: Uint8Array<ArrayBuffer>) => void recordings.push({ body, spans: readSentSpans(body).length });
  await using loadBalancer = startLoadBalancer([`http://${collector.address}:4318`], createLedger(), keep);
  const pair = await startPair(loadBalancer.url, stopper.folder);
  try {
    await sendLoad({ frontUrl: pair.frontUrl, perSecond: 100, seconds: 10, failEvery: 100 });
  } finally {
    // The services send their last spans when they stop.
    await pair.stop();
  }
  return recordings;
}

function logBytes({ data }: Node): Promise<number> {
  return folderBytes(data, /topics\/otlp_spans-\d+\/\d+\.log$/);
}

/** An ingester that keeps nothing: the costs of bringing spans to a decision. */
async function measureReading(
  collector: Tier,
  kafka: Node,
  recordings: readonly Recording[],
  tier: TierOptions,
  stopper: Stopper,
) {
  const before = { collector: await cpuSeconds(collector.pid), kafka: await cpuSeconds(kafka.pid) };
  const spans = await replay({ url: `http://${collector.address}:4318`, recordings, spans: readSpans });
  const collectorSeconds = (await cpuSeconds(collector.pid)) - before.collector;
  const kafkaSeconds = (await cpuSeconds(kafka.pid)) - before.kafka;
  const ingester = await startIngester(1, tier);
  stopper.onStop(() => ingester.stop());
  await idle(ingester);
  const ingesterSeconds = await cpuSeconds(ingester.pid);
  await ingester.stop();
  return {
    spans,
    collector: spans / collectorSeconds,
    kafka: spans / kafkaSeconds,
    ingester: spans / ingesterSeconds,
  };
}

/** An ingester that keeps all. */
async function measureWriting(
  collector: Tier,
  database: Node,
  recordings: readonly Recording[],
  tier: TierOptions,
  stopper: Stopper,
) {
  const spans = await replay({ url: `http://${collector.address}:4318`, recordings, spans: writtenSpans });
  await nodetool(tier.tools, "flush", "jaeger");
  const stored = () => folderBytes(database.data, /\/data\/jaeger\/.*-Data\.db$/);
  const before = { bytes: await stored(), seconds: await cpuSeconds(database.pid) };
  const ingester = await startIngester(2, { ...tier, settings: { KEEP_PERCENT: "100" } });
  stopper.onStop(() => ingester.stop());
  await until("all spans are written", async () => (await sentSpans(ingester)) >= spans, { timeoutMs: 300_000 });
  const ingesterSeconds = await cpuSeconds(ingester.pid);
  await nodetool(tier.tools, "flush", "jaeger");
  const databaseSeconds = (await cpuSeconds(database.pid)) - before.seconds;
  return { spans, ingesterSeconds, databaseSeconds, bytes: (await stored()) - before.bytes };
}

async function sentSpans({ address }: Tier): Promise<number> {
  const page = await (await fetch(`http://${address}:8888/metrics`)).text();
  return Number(/^otelcol_exporter_sent_spans_total\{[^}]*jaeger_storage_exporter[^}]*\} (\S+)/m.exec(page)?.[1] ?? 0);
}

/** It has read and decided everything when it uses almost no CPU for longer than a decision takes. */
async function idle({ pid }: Tier): Promise<void> {
  const quietMs = 6000;
  let busy = await cpuSeconds(pid);
  await until(
    "the ingester has nothing to do",
    async () => {
      await sleep(quietMs);
      const now = await cpuSeconds(pid);
      const used = now - busy;
      busy = now;
      return used < quietMs / 1000 / 20;
    },
    { timeoutMs: 300_000 },
  );
}

async function nodetool(tools: Tools, ...command: readonly string[]): Promise<void> {
  const child = Bun.spawn([tools.cassandra, "nodetool", "127.0.0.1", ...command], { stdout: "ignore", stderr: "pipe" });
  const [error, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`nodetool ${command.join(" ")}: ${error}`);
}

function describeMachine(): string {
  const all = cpus();
  return `${all.length} cores of ${all[0]?.model.trim() ?? "an unknown processor"}`;
}

/** Two digits: more would be more exact than the measurement. */
function rounded(value: number): number {
  return Number(value.toPrecision(2));
}
