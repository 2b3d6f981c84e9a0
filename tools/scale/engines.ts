/** A real Kafka and Cassandra with one or three nodes each, on the loopback addresses 127.0.0.1 to 127.0.0.3. */
import { join } from "node:path";
import { type ManagedProcess, startProcess } from "./process.ts";
import type { Tools } from "./tools.ts";

export interface Node {
  readonly address: string;
  readonly pid: number;
  /** Where its data is. */
  readonly data: string;
  /** Crashes it. */
  kill(): Promise<void>;
  /** Starts it again with its data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface EngineOptions {
  readonly tools: Tools;
  readonly nodes: number;
  /** A folder for data and logs. */
  readonly folder: string;
}

export const topic = "otlp_spans";

/** All at once, because a broker is ready only when most of them run. */
export async function startKafka({ tools, nodes, folder }: EngineOptions): Promise<readonly Node[]> {
  const all = addresses(nodes);
  return Promise.all(
    all.map((address) =>
      startNode(`kafka-${address}`, folder, (data) => [tools.kafka, "run", data, address, all.join(",")], address),
    ),
  );
}

/** One after the other, because each joins the ring of the others. */
export async function startCassandra({ tools, nodes, folder }: EngineOptions): Promise<readonly Node[]> {
  const started: Node[] = [];
  for (const address of addresses(nodes)) {
    const command = (data: string) => [tools.cassandra, "run", data, address, "127.0.0.1"];
    started.push(await startNode(`cassandra-${address}`, folder, command, address));
  }
  return started;
}

/** Like the topic in the example for the operator: copies on all nodes, and most of them must have a record. */
export async function createTopic({ tools, nodes }: EngineOptions, partitions: number): Promise<void> {
  const options = ["--topic", topic, "--partitions", `${partitions}`, "--replication-factor", `${nodes}`];
  const config = ["--config", `min.insync.replicas=${Math.floor(nodes / 2) + 1}`];
  const command = ["TopicCommand", "--bootstrap-server", "127.0.0.1:9092", "--create", "--if-not-exists"];
  const child = Bun.spawn([tools.kafka, "tool", ...command, ...options, ...config], {
    stdout: "ignore",
    stderr: "pipe",
  });
  const [error, code] = await Promise.all([child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`the topic could not be created: ${error}`);
}

function addresses(nodes: number): readonly string[] {
  return Array.from({ length: nodes }, (_, index) => `127.0.0.${index + 1}`);
}

async function startNode(
  name: string,
  folder: string,
  command: (data: string) => readonly string[],
  address: string,
): Promise<Node> {
  const data = join(folder, name);
  const start = () => startProcess({ name, command: command(data), logs: folder, ready: (line) => line(/^ready on /) });
  let process_: ManagedProcess = await start();
  return {
    address,
    data,
    get pid() {
      return process_.pid;
    },
    kill: () => process_.kill(),
    stop: () => process_.stop(),
    async restart() {
      process_ = await start();
    },
  };
}
