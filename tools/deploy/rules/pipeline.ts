/** The settings that prevent lost spans and incomplete traces in Kafka. Each is off by default. */
import type { Cluster, Rule, Workload } from "../cluster.ts";
import { type CollectorConfig, inside, readCollectorConfig, typeOf } from "../collector-config.ts";

interface Tier {
  readonly workload: Workload;
  readonly config: CollectorConfig;
}

function tiers(cluster: Cluster): readonly Tier[] {
  return cluster.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => {
      const config = readCollectorConfig(cluster, workload, container);
      return config === undefined ? [] : [{ workload, config }];
    }),
  );
}

function settings(components: Readonly<Record<string, unknown>>, type: string): readonly unknown[] {
  return Object.entries(components)
    .filter(([name]) => typeOf(name) === type)
    .map(([, one]) => one);
}

export const tracesStayTogether: Rule = (cluster) =>
  tiers(cluster).flatMap(({ workload, config }) =>
    settings(config.exporters, "kafka")
      .filter((kafka) => inside(kafka, "partition_traces_by_id") !== true)
      .map(
        () =>
          `${workload.name} spreads the spans of a trace over partitions: tail sampling would decide on parts of it`,
      ),
  );

export const acceptedIsStored: Rule = (cluster) =>
  tiers(cluster).flatMap(({ workload, config }) => {
    const problems: string[] = [];
    for (const kafka of settings(config.exporters, "kafka")) {
      if (inside(kafka, "producer", "required_acks") !== -1) problems.push("accepts spans that only one broker has");
      if (inside(kafka, "sending_queue", "enabled") !== false)
        problems.push("accepts spans that are in its memory only: sending_queue");
      const batches = config.pipelines.some(({ processors }) => processors.some((name) => typeOf(name) === "batch"));
      if (batches) problems.push("accepts spans that are in its memory only: batch");
    }
    for (const storage of settings(config.exporters, "jaeger_storage_exporter")) {
      if (keepsInMemory(config, inside(storage, "trace_storage"))) continue;
      if (inside(storage, "retry_on_failure", "enabled") !== true)
        problems.push("drops spans while its database is away: retry_on_failure");
      if (inside(storage, "queue", "enabled") !== true) problems.push("drops spans while its database is away: queue");
      if (inside(storage, "queue", "block_on_overflow") !== true)
        problems.push("drops spans when its queue is full: block_on_overflow");
    }
    return problems.map((text) => `${workload.name} ${text}`);
  });

function keepsInMemory(config: CollectorConfig, storage: unknown): boolean {
  return inside(config.extensions, "jaeger_storage", "backends", String(storage), "memory") !== undefined;
}

/** The names that an exporter or the query extension uses of the storage extension. */
export const storagesAreThere: Rule = (cluster) =>
  tiers(cluster).flatMap(({ workload, config }) => {
    const asked = [
      ...settings(config.exporters, "jaeger_storage_exporter").map((one) => inside(one, "trace_storage")),
      ...settings(config.extensions, "jaeger_query").map((one) => inside(one, "storage", "traces")),
    ];
    return asked
      .filter((name) => inside(config.extensions, "jaeger_storage", "backends", String(name)) === undefined)
      .map((name) => `${workload.name} uses the storage ${name}, which it does not define`);
  });

/** @param partitions Of the topic, as the example for the operator makes it. */
export function ingestersHaveWork(partitions: number): Rule {
  return (cluster) =>
    tiers(cluster)
      .filter(
        ({ workload, config }) =>
          settings(config.receivers, "kafka").length > 0 && (workload.replicas ?? 1) > partitions,
      )
      .map(
        ({ workload }) =>
          `${workload.name} has ${workload.replicas} replicas for ${partitions} partitions: some would have nothing to do`,
      );
}
