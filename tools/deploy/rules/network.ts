/** NetworkPolicies: all traffic is denied by default, and each policy allows pods and ports that exist. */
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import { type Cluster, ofKind, portNumber, type Rule, selects, type Workload } from "../cluster.ts";
import { type KubeObject, nameOf } from "../manifests.ts";

type Policy = Extract<KubeObject, { kind: "NetworkPolicy" }>;

export const trafficIsDeniedByDefault: Rule = (cluster) => {
  const deniesAll = ofKind(cluster, "NetworkPolicy").some(
    ({ spec }) =>
      spec !== undefined && matchesAll(spec.podSelector) && !spec.ingress?.length && isIngress(spec.policyTypes),
  );
  return deniesAll ? [] : ["no NetworkPolicy denies all other traffic to every pod"];
};

function matchesAll(selector: object | undefined): boolean {
  return selector !== undefined && Object.keys(selector).length === 0;
}

function isIngress(types: readonly string[] | undefined): boolean {
  return types === undefined || types.includes("Ingress");
}

export const policiesNamePods: Rule = (cluster) =>
  ofKind(cluster, "NetworkPolicy").flatMap((policy) => {
    const selected = selectedBy(cluster, policy);
    if (selected.length === 0) return [`NetworkPolicy ${nameOf(policy)} selects no pod`];
    const rules = policy.spec?.ingress ?? [];
    const unknownPods = rules
      .flatMap((rule) => rule.from ?? [])
      .filter((peer) => peer.namespaceSelector === undefined && peer.podSelector !== undefined)
      .filter((peer) => !cluster.workloads.some((one) => selects(peer.podSelector ?? {}, one.podLabels)))
      .map(() => `NetworkPolicy ${nameOf(policy)} allows pods that do not exist`);
    const ports = rules
      .flatMap((rule) => rule.ports ?? [])
      .flatMap(({ port }) => {
        const without = selected.filter(
          (one) => port !== undefined && one.containers.every((c) => portNumber(c, port) === undefined),
        );
        return without.map(
          (one) => `NetworkPolicy ${nameOf(policy)} opens port ${port}, which ${one.name} does not have`,
        );
      });
    return [...unknownPods, ...ports];
  });

function selectedBy(cluster: Cluster, policy: Policy): readonly Workload[] {
  return cluster.workloads.filter((workload) => selects(policy.spec?.podSelector ?? {}, workload.podLabels));
}

/** Whether the policies let the pods of one workload reach a port of another. */
export function mayReach(cluster: Cluster, from: Workload, to: Workload, port: number): boolean {
  const policies = ofKind(cluster, "NetworkPolicy").filter((policy) => selectedBy(cluster, policy).includes(to));
  if (policies.length === 0) return true;
  return policies.some((policy) =>
    (policy.spec?.ingress ?? []).some(({ from: peers, ports }) => {
      const rightPort =
        ports === undefined || ports.some((one) => to.containers.some((c) => portNumber(c, one.port ?? port) === port));
      return rightPort && (peers === undefined || peers.some((peer) => isPeer(peer, from)));
    }),
  );
}

function isPeer(peer: INetworkPolicyPeer, workload: Workload): boolean {
  if (peer.namespaceSelector !== undefined || peer.podSelector === undefined) return false;
  return selects(peer.podSelector, workload.podLabels);
}
