/** Jaeger's three tiers as processes, with the configuration files and the variables of the scale overlay. */
import { fileURLToPath } from "node:url";
import { until } from "../until.ts";
import { type ManagedProcess, startProcess } from "./process.ts";
import type { Tools } from "./tools.ts";

export interface Tier {
  readonly name: string;
  /** The address that it listens on, with the same ports as in the cluster. */
  readonly address: string;
  readonly pid: number;
  kill(): Promise<void>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface TierOptions {
  readonly tools: Tools;
  /** How many Kafka brokers and Cassandra nodes there are. */
  readonly nodes: number;
  readonly folder: string;
  /** Replaces variables of pipeline.env. @default {} */
  readonly settings?: Readonly<Record<string, string>>;
}

const config = fileURLToPath(new URL("../../deploy/k8s/overlays/scale/config/", import.meta.url));

export async function startCollector(index: number, options: TierOptions): Promise<Tier> {
  return startTier(`collector-${index}`, `127.0.0.1${index}`, ["collector.yaml"], options);
}

/** The first one creates the tables; start the others after it, as the StatefulSet does. */
export async function startIngester(index: number, options: TierOptions): Promise<Tier> {
  return startTier(`ingester-${index}`, `127.0.0.2${index}`, ["ingester.yaml", "storage.yaml"], options);
}

export async function startQuery(options: TierOptions): Promise<Tier> {
  return startTier("query", "127.0.0.31", ["query.yaml", "storage.yaml"], options);
}

async function startTier(name: string, address: string, files: readonly string[], options: TierOptions): Promise<Tier> {
  const { tools, nodes, folder, settings = {} } = options;
  const env = {
    ...(await pipelineVariables()),
    ...onLoopback(nodes),
    ...settings,
    LISTEN_HOST: address,
    POD_NAME: name,
  };
  const start = () =>
    startProcess({
      name,
      command: [tools.jaeger, ...files.map((file) => `--config=file:${config}${file}`)],
      env,
      logs: folder,
      ready: async () => {
        const answers = async () =>
          (await fetch(`http://${address}:13133/status`, { signal: AbortSignal.timeout(2000) })).ok;
        await until(`${name} answers`, answers, { timeoutMs: 60_000 });
      },
    });
  let process_: ManagedProcess = await start();
  return {
    name,
    address,
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

/** The differences between a cluster and this machine: addresses, names and numbers of nodes. */
function onLoopback(nodes: number): Record<string, string> {
  const addresses = Array.from({ length: nodes }, (_, index) => `127.0.0.${index + 1}`);
  return {
    KAFKA_BROKERS: addresses.map((address) => `${address}:9092`).join(","),
    STORAGE_SERVERS: addresses.join(","),
    STORAGE_COPIES: String(nodes),
    STORAGE_DATACENTER: "datacenter1",
    STORAGE_USERNAME: "cassandra",
    STORAGE_PASSWORD: "cassandra",
    STORAGE_CREATE: "true",
  };
}

export async function pipelineVariables(): Promise<Record<string, string>> {
  return readVariables(`${config}pipeline.env`);
}

/** The telemetry variables of the services in the overlay: the shared ones and those of the overlay. */
export async function telemetryVariables(): Promise<Record<string, string>> {
  const pair = await readVariables(
    fileURLToPath(new URL("../../deploy/k8s/pair/config/telemetry.env", import.meta.url)),
  );
  return { ...pair, ...(await readVariables(`${config}telemetry.env`)) };
}

async function readVariables(path: string): Promise<Record<string, string>> {
  const lines = (await Bun.file(path).text()).split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}
