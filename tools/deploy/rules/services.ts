/** Services and their pods; labels and selectors of workloads. */
import type { IService } from "kubernetes-models/v1/Service";
import { type Cluster, ofKind, portNumber, type Rule, selects, type Workload } from "../cluster.ts";
import { nameOf } from "../manifests.ts";

export const servicesHavePods: Rule = (cluster) =>
  ofKind(cluster, "Service").flatMap((service) => {
    const behind = podsBehind(cluster, service);
    if (behind.length === 0) return [`Service ${nameOf(service)} selects no pod`];
    return behind.flatMap((workload) => portProblems(service, workload));
  });

/** The workloads whose pods a Service sends to. */
export function podsBehind(cluster: Cluster, service: IService): readonly Workload[] {
  const matchLabels = service.spec?.selector;
  if (matchLabels === undefined) return [];
  return cluster.workloads.filter((workload) => selects({ matchLabels }, workload.podLabels));
}

function portProblems(service: IService, workload: Workload): string[] {
  return (service.spec?.ports ?? [])
    .filter(({ port, targetPort = port }) =>
      workload.containers.every((one) => portNumber(one, targetPort) === undefined),
    )
    .map(({ port, targetPort = port }) => {
      const at = `${workload.kind} ${workload.name} has no port ${targetPort}`;
      return `Service ${nameOf(service)} sends port ${port} on, but ${at}`;
    });
}

export const workloadsSelectTheirPods: Rule = (cluster) =>
  [...ofKind(cluster, "Deployment"), ...ofKind(cluster, "StatefulSet")].flatMap((object) => {
    const labels = object.spec?.template.metadata?.labels ?? {};
    const own = object.spec?.selector ?? {};
    const problems: string[] = [];
    if (!selects(own, labels)) problems.push("does not select the pods that it makes");
    const others = cluster.workloads.filter((other) => other.name !== nameOf(object) && selects(own, other.podLabels));
    for (const other of others) problems.push(`selects the pods of ${other.name} as well`);
    if (
      object.kind === "StatefulSet" &&
      !ofKind(cluster, "Service").some((one) => nameOf(one) === object.spec?.serviceName)
    ) {
      problems.push(`names Service ${object.spec?.serviceName}, which is not there`);
    }
    return problems.map((text) => `${object.kind} ${nameOf(object)} ${text}`);
  });

/** Spread constraints that do not select their own pods have no effect. */
export const spreadsAreOfOwnPods: Rule = ({ workloads }) =>
  workloads.flatMap(({ kind, name, pod, podLabels }) =>
    (pod.topologySpreadConstraints ?? [])
      .filter(({ labelSelector }) => labelSelector === undefined || !selects(labelSelector, podLabels))
      .map(() => `${kind} ${name} spreads pods that are not its own`),
  );
