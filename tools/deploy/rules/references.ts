/** References from one object to another: ConfigMaps, keys, volumes, files. */
import type { IContainer } from "kubernetes-models/v1/Container";
import { type Cluster, findObject, ofKind, type Rule, type Workload } from "../cluster.ts";
import { nameOf } from "../manifests.ts";

/** Secrets are made by hand or by an operator; docs/scaling.md says how. */
const givenSecrets: Readonly<Record<string, readonly string[]>> = { "jaeger-storage": ["username", "password"] };

export const variablesHaveSources: Rule = (cluster) =>
  cluster.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) =>
      sourceProblems(cluster, container).map((text) => `${workload.kind} ${workload.name}: ${text}`),
    ),
  );

function sourceProblems(cluster: Cluster, container: IContainer): string[] {
  const problems: string[] = [];
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    if (configMapRef?.name && !findObject(cluster, "ConfigMap", configMapRef.name)) {
      problems.push(`takes variables from ConfigMap ${configMapRef.name}, which is not there`);
    }
    if (secretRef?.name && !givenSecrets[secretRef.name])
      problems.push(`takes Secret ${secretRef.name}, which nothing creates`);
  }
  for (const { name, valueFrom } of container.env ?? []) {
    const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {};
    if (map?.name && findObject(cluster, "ConfigMap", map.name)?.data?.[map.key] === undefined) {
      problems.push(`${name} comes from key ${map.key} of ConfigMap ${map.name}, which is not there`);
    }
    if (secret?.name && !givenSecrets[secret.name]?.includes(secret.key)) {
      problems.push(`${name} comes from key ${secret.key} of Secret ${secret.name}, which nothing creates`);
    }
  }
  return problems;
}

export const volumesAreThere: Rule = (cluster) =>
  cluster.workloads.flatMap((workload) => [
    ...volumeProblems(cluster, workload),
    ...workload.containers.flatMap((container) => mountProblems(cluster, workload, container)),
  ]);

function volumeProblems(cluster: Cluster, { kind, name, pod, containers }: Workload): string[] {
  const mounted = new Set(containers.flatMap((container) => container.volumeMounts ?? []).map((mount) => mount.name));
  return (pod.volumes ?? []).flatMap((volume) => {
    const map = volume.configMap?.name;
    const problems: string[] = [];
    if (map && !findObject(cluster, "ConfigMap", map))
      problems.push(`volume ${volume.name} is ConfigMap ${map}, which is not there`);
    if (!mounted.has(volume.name)) problems.push(`volume ${volume.name} is mounted nowhere`);
    return problems.map((text) => `${kind} ${name}: ${text}`);
  });
}

function mountProblems(cluster: Cluster, { kind, name, pod }: Workload, container: IContainer): string[] {
  const missing = (container.volumeMounts ?? [])
    .filter((mount) => !pod.volumes?.some((volume) => volume.name === mount.name))
    .map((mount) => `${mount.name} is mounted and is not a volume`);
  const files = mountedFiles(cluster, pod, container);
  const lost = configFiles(container)
    .filter((path) => !files.has(path))
    .map(
      (path) => `reads ${path}, which no mounted ConfigMap has; there is ${[...files.keys()].join(", ") || "nothing"}`,
    );
  return [...missing, ...lost].map((text) => `${kind} ${name}: container ${container.name}: ${text}`);
}

/** The paths of the configuration files of a Collector or Jaeger. */
export function configFiles(container: IContainer): readonly string[] {
  return (container.args ?? []).flatMap((arg) => /^--config=(?:file:)?(.+)$/.exec(arg)?.[1] ?? []);
}

/** The mounted files of ConfigMaps in a container: path -> content. */
export function mountedFiles(
  cluster: Cluster,
  pod: Workload["pod"],
  container: IContainer,
): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const source = pod.volumes?.find((volume) => volume.name === name)?.configMap;
    const data = source?.name === undefined ? undefined : findObject(cluster, "ConfigMap", source.name)?.data;
    for (const [key, content] of Object.entries(data ?? {})) {
      const path = source?.items?.find((item) => item.key === key)?.path ?? key;
      if (subPath === undefined) files.set(`${mountPath}/${path}`, content);
      else if (subPath === path) files.set(mountPath, content);
    }
  }
  return files;
}

/** A ConfigMap that no object uses probably has a misspelt name. */
export const configMapsAreRead: Rule = (cluster) => {
  const read = new Set(
    cluster.workloads.flatMap(({ pod, containers }) => [
      ...(pod.volumes ?? []).map((volume) => volume.configMap?.name),
      ...containers.flatMap(({ envFrom = [], env = [] }) => [
        ...envFrom.map((source) => source.configMapRef?.name),
        ...env.map((variable) => variable.valueFrom?.configMapKeyRef?.name),
      ]),
    ]),
  );
  return ofKind(cluster, "ConfigMap")
    .filter((map) => !read.has(nameOf(map)))
    .map((map) => `ConfigMap ${nameOf(map)} is not used`);
};
