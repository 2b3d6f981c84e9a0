/** NetworkPolicies: all traffic is denied by default, and each policy lets in pods, at ports, that exist. */
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import { type Cluster, ofKind, portNumber, type Rule, selects, type Workload } from "../cluster.ts";
import { type KubeObject, nameOf } from "../manifests.ts";

type Policy = Extract<KubeObject, { kind: "NetworkPolicy" }>;

const directions = ["Ingress", "Egress"] as const;

export const trafficIsDeniedByDefault: Rule = (cluster) => {
  const denying = ofKind(cluster, "NetworkPolicy").filter(
    ({ spec }) => spec !== undefined && matchesAll(spec.podSelector) && !spec.ingress?.length && !spec.egress?.length,
  );
  return directions
    .filter((direction) => !denying.some(({ spec }) => spec?.policyTypes?.includes(direction)))
    .map((direction) => `no NetworkPolicy denies all other traffic (${direction}) to every pod`);
};

function matchesAll(selector: object | undefined): boolean {
  return selector !== undefined && Object.keys(selector).length === 0;
}

/** A policy whose `policyTypes` lacks a direction ignores its rules of that direction. */
export const policiesHaveTheirTypes: Rule = (cluster) =>
  ofKind(cluster, "NetworkPolicy").flatMap((policy) =>
    directions
      .filter((direction) => {
        const rules = direction === "Ingress" ? policy.spec?.ingress : policy.spec?.egress;
        return rules !== undefined && !policy.spec?.policyTypes?.includes(direction);
      })
      .map(
        (direction) => `NetworkPolicy ${nameOf(policy)} has rules for ${direction}, which is not among its policyTypes`,
      ),
  );

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
