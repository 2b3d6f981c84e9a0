/** The whole pipeline: Kafka, Cassandra, two collectors, two ingesters, one query, a load balancer, one front and two backs. */
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTopic, type EngineOptions, type Node, startCassandra, startKafka } from "./engines.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { type LoadBalancer, startLoadBalancer } from "./load-balancer.ts";
import { type Pair, startPair } from "./pair.ts";
import { startCollector, startIngester, startQuery, type Tier } from "./tiers.ts";
import type { Tools } from "./tools.ts";

export interface ScaleStack {
  readonly kafka: readonly Node[];
  readonly cassandra: readonly Node[];
  readonly collectors: readonly Tier[];
  readonly ingesters: readonly Tier[];
  readonly queryUrl: string;
  readonly ledger: Ledger;
  readonly loadBalancer: LoadBalancer;
  readonly pair: Pair;
}

export interface StackOptions {
  readonly tools: Tools;
  /** Of Kafka and of Cassandra: 1 or 3. */
  readonly nodes: number;
  /** Per cent of the traces without an error. */
  readonly keepPercent: number;
  /** Called when a process is ready. */
  readonly onStarted: (name: string, elapsedMs: number) => void;
}

/** Stops everything that was started, the last first, also when the start failed. */
export interface Stopper {
  readonly folder: string;
  onStop(stop: () => Promise<unknown>): void;
  stopAll(): Promise<void>;
}

/** Fewer than in a cluster, but several for each ingester. */
const partitions = 6;

export async function createStopper(): Promise<Stopper> {
  const stops: (() => Promise<unknown>)[] = [];
  return {
    folder: await mkdtemp(join(tmpdir(), "baton-scale-")),
    onStop: (stop) => void stops.push(stop),
    async stopAll() {
      for (const stop of stops.splice(0).toReversed()) await stop().catch(() => {});
    },
  };
}

export async function startScaleStack(options: StackOptions, stopper: Stopper): Promise<ScaleStack> {
  const { tools, nodes, keepPercent, onStarted } = options;
  const { folder } = stopper;
  const engines: EngineOptions = { tools, nodes, folder };
  const timed = async <T>(name: string, start: () => Promise<T>): Promise<T> => {
    const begin = performance.now();
    const started = await start();
    onStarted(name, performance.now() - begin);
    return started;
  };
  const held = async <T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> => {
    const one = await starting;
    stopper.onStop(() => one.stop());
    return one;
  };
  const heldAll = async (starting: Promise<readonly Node[]>) => {
    const all = await starting;
    // At once, because the last broker waits for the others.
    stopper.onStop(() => Promise.all(all.map((node) => node.stop())));
    return all;
  };

  const [kafka, cassandra] = await Promise.all([
    timed(`kafka, ${nodes} of them`, () => heldAll(startKafka(engines))),
    timed(`cassandra, ${nodes} of them`, () => heldAll(startCassandra(engines))),
  ]);
  await timed("topic", () => createTopic(engines, partitions));
  const tier = { tools, nodes, folder, settings: { KEEP_PERCENT: String(keepPercent) } };
  const collectors = await timed("2 collectors", () =>
    Promise.all([1, 2].map((index) => held(startCollector(index, tier)))),
  );
  const first = await timed("ingester that makes the tables", () => held(startIngester(1, tier)));
  const second = await timed("second ingester", () => held(startIngester(2, tier)));
  const query = await timed("query", () => held(startQuery(tier)));
  const ledger = createLedger();
  const loadBalancer = startLoadBalancer(
    collectors.map(({ address }) => `http://${address}:4318`),
    ledger,
  );
  stopper.onStop(async () => loadBalancer[Symbol.asyncDispose]());
  const pair = await timed("front and 2 backs", () => held(startPair(loadBalancer.url, folder)));
  const queryUrl = `http://${query.address}:16686`;
  return { kafka, cassandra, collectors, ingesters: [first, second], queryUrl, ledger, loadBalancer, pair };
}
