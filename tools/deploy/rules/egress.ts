/** What a pod may send: exactly the connections that its configuration makes, and DNS where it looks names up. */
import type { INetworkPolicyEgressRule } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyEgressRule";
import type { INetworkPolicyPeer } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicyPeer";
import { type Cluster, ofKind, type Rule, selects, type Workload } from "../cluster.ts";
import { inside, readCollectorConfig, section } from "../collector-config.ts";
import { callsInside } from "./addresses.ts";

/** A connection that a pod opens, to another pod here or to another namespace. */
interface Call {
  readonly to: Workload | { readonly namespace: string; readonly name: string };
  readonly port: number;
  readonly protocol: string;
}

/** One peer and port of a policy. `undefined`: every one. */
interface Opening {
  readonly policy: string;
  readonly peer: INetworkPolicyPeer | undefined;
  readonly port: number | string | undefined;
  readonly protocol: string;
}

export const podsReachWhatTheyCall: Rule = (cluster) =>
  cluster.workloads.flatMap((from) => {
    const open = openings(cluster, from);
    return callsOf(cluster, from)
      .filter((call) => !open.some((opening) => allows(opening, call)))
      .map((call) => `no NetworkPolicy lets ${from.name} out to ${nameOf(call)} port ${call.port}/${call.protocol}`);
  });

export const podsReachNothingElse: Rule = (cluster) =>
  cluster.workloads.flatMap((from) => {
    const calls = callsOf(cluster, from);
    return openings(cluster, from)
      .filter((opening) => isUnbounded(opening) || !calls.some((call) => allows(opening, call)))
      .map(
        (opening) =>
          `NetworkPolicy ${opening.policy} lets ${from.name} out to ${describe(opening)}, which it does not call`,
      );
  });

function callsOf(cluster: Cluster, from: Workload): readonly Call[] {
  const calls: Call[] = [
    ...callsInside(cluster, from).map(({ to, port }) => ({ to, port, protocol: "TCP" })),
    ...from.containers.flatMap((container) => callsOutside(readCollectorConfig(cluster, from, container))),
  ];
  if (calls.length === 0) return [];
  const dns = { namespace: "kube-system", name: "DNS" };
  return [...calls, ...["UDP", "TCP"].map((protocol) => ({ to: dns, port: 53, protocol }))];
}

/** Kafka and the databases, with the ports that they have where none is written. */
function callsOutside(config: ReturnType<typeof readCollectorConfig>): readonly Call[] {
  if (config === undefined) return [];
  const storages = Object.values(section(inside(config.extensions, "jaeger_storage", "backends")));
  const written: readonly (readonly [addresses: unknown, port: number])[] = [
    [inside(config.receivers, "kafka", "brokers"), 9092],
    [inside(config.exporters, "kafka", "brokers"), 9092],
    ...storages.flatMap((storage) => [
      [inside(storage, "cassandra", "connection", "servers"), 9042] as const,
      [inside(storage, "opensearch", "server_urls"), 9200] as const,
    ]),
  ];
  return written.flatMap(([addresses, usual]) =>
    typeof addresses === "string" ? addresses.split(",").map((address) => callTo(address, usual)) : [],
  );
}

/** The second part of a name is the namespace. */
function callTo(address: string, usual: number): Call {
  const [host = "", port] = address
    .trim()
    .replace(/^\w+:\/\//, "")
    .split(/[:/]/, 2);
  const [, namespace = ""] = host.split(".");
  return { to: { namespace, name: host }, port: Number(port ?? usual), protocol: "TCP" };
}

function openings(cluster: Cluster, from: Workload): readonly Opening[] {
  return ofKind(cluster, "NetworkPolicy")
    .filter(({ spec }) => spec !== undefined && selects(spec.podSelector ?? {}, from.podLabels))
    .flatMap(({ metadata, spec }) => (spec?.egress ?? []).flatMap((rule) => openingsOf(metadata?.name ?? "", rule)));
}

function openingsOf(policy: string, { to, ports }: INetworkPolicyEgressRule): readonly Opening[] {
  const peers = to?.length ? to : [undefined];
  const open: NonNullable<typeof ports> = ports?.length ? ports : [{}];
  return peers.flatMap((peer) => open.map(({ port, protocol = "TCP" }) => ({ policy, peer, port, protocol })));
}

function allows({ peer, port, protocol }: Opening, call: Call): boolean {
  if (protocol !== call.protocol || (port !== undefined && port !== call.port)) return false;
  if (peer === undefined) return true;
  const { namespaceSelector, podSelector } = peer;
  if ("podLabels" in call.to)
    return namespaceSelector === undefined && podSelector !== undefined && selects(podSelector, call.to.podLabels);
  return namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] === call.to.namespace;
}

/** An empty selector is every pod, or every namespace. */
function isUnbounded({ peer, port }: Opening): boolean {
  const isAll = (selector: object | undefined) => selector !== undefined && Object.keys(selector).length === 0;
  return peer === undefined || port === undefined || isAll(peer.podSelector) || isAll(peer.namespaceSelector);
}

function nameOf({ to }: Call): string {
  return "podLabels" in to ? to.name : `${to.name} in ${to.namespace}`;
}

function describe({ peer, port = "all ports" }: Opening): string {
  return `${peer === undefined ? "everything" : JSON.stringify(peer)} at ${port}`;
}
