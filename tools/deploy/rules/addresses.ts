/** Addresses: each must name a Service, a port of it, and pods whose NetworkPolicy allows the caller. */
import { type Cluster, findObject, portNumber, type Rule, variables, type Workload } from "../cluster.ts";
import { inside, isListeningExporter, readCollectorConfig } from "../collector-config.ts";
import { mayReach } from "./network.ts";
import { podsBehind } from "./services.ts";

interface Address {
  readonly from: Workload;
  /** Where it is written. */
  readonly name: string;
  readonly value: string;
}

export const addressesLead: Rule = (cluster) =>
  addresses(cluster).flatMap((address) => {
    const { problem, calls } = resolve(cluster, address);
    const { from, name, value } = address;
    const say = (text: string) => `${name} of ${from.name} is ${value}: ${text}`;
    if (problem !== undefined) return [say(problem)];
    return calls
      .filter(({ to, port }) => !mayReach(cluster, from, to, port))
      .map(({ to }) => say(`no NetworkPolicy lets ${from.name} in at ${to.name}`));
  });

/** A connection from one pod to a port of another. */
export interface CallInside {
  readonly to: Workload;
  readonly port: number;
}

/** The connections that the addresses of a workload lead to. */
export function callsInside(cluster: Cluster, from: Workload): readonly CallInside[] {
  return addresses(cluster)
    .filter((address) => address.from === from)
    .flatMap((address) => resolve(cluster, address).calls);
}

function addresses(cluster: Cluster): readonly Address[] {
  return cluster.workloads.flatMap((from) =>
    from.containers.flatMap((container) => {
      const given = Object.entries(variables(cluster, container)).filter(([name]) => /_(ENDPOINT|ADDRESS)$/.test(name));
      const exporters = Object.entries(readCollectorConfig(cluster, from, container)?.exporters ?? {});
      const sent = exporters
        .filter(([name]) => !isListeningExporter(name))
        .flatMap(([name, settings]) => {
          const endpoint = inside(settings, "endpoint");
          return typeof endpoint === "string" ? [[`exporter ${name}`, endpoint] as const] : [];
        });
      return [...given, ...sent].map(([name, value]) => ({ from, name, value }));
    }),
  );
}

interface Resolved {
  /** Why the address leads nowhere. */
  readonly problem?: string;
  readonly calls: readonly CallInside[];
}

function resolve(cluster: Cluster, { value }: Address): Resolved {
  const say = (problem: string): Resolved => ({ problem, calls: [] });
  const [, scheme = "", host = "", port = ""] = /^(?:([\w+.-]+):\/\/\/?)?([\w.-]+):(\d+)(?:\/.*)?$/.exec(value) ?? [];
  if (host === "") return say("no host and port");
  const [short = "", namespace, ...rest] = host.split(".");
  const service = findObject(cluster, "Service", short);
  if (service === undefined) return say(`there is no Service ${short}`);
  const own = service.metadata?.namespace;
  if (namespace !== undefined && namespace !== own) return say(`${short} is in the namespace ${own}`);
  if (rest.length > 0 && !["svc", "svc.cluster.local"].includes(rest.join("."))) return say("no name of a Service");
  const headless = service.spec?.clusterIP === "None";
  if (scheme === "dns" && !headless)
    return say(`${short} is one address for all pods: a channel would stay with one of them`);
  const servicePort = service.spec?.ports?.find((one) => one.port === Number(port));
  if (servicePort === undefined) return say(`${short} has no port ${port}`);
  // A headless Service has no proxy: its port is the port of the pod.
  const target = headless ? Number(port) : (servicePort.targetPort ?? Number(port));
  const calls: CallInside[] = [];
  for (const to of podsBehind(cluster, service)) {
    const port = to.containers.map((container) => portNumber(container, target)).find((one) => one !== undefined);
    if (port === undefined) return say(`${to.name} has no port ${target}`);
    calls.push({ to, port });
  }
  return { calls };
}

/** The ports of the two transports in the OTLP specification. */
const otlpPorts: Readonly<Record<string, string>> = { grpc: "4317", "http/protobuf": "4318", "http/json": "4318" };

export const spansGoWhereTheyAreUnderstood: Rule = (cluster) =>
  cluster.workloads.flatMap(({ name, containers }) =>
    containers.flatMap((container) => {
      const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: protocol = "http/protobuf" } =
        variables(cluster, container);
      if (endpoint === undefined || new URL(endpoint).port === otlpPorts[protocol]) return [];
      return [`${name} sends ${protocol} to ${endpoint}, where another protocol is spoken`];
    }),
  );

/** Variables with the host on which a service listens, and variables with the port. */
const listenHosts = ["FRONT_HOST", "BACK_HOST", "OTEL_EXPORTER_PROMETHEUS_HOST"];
const listenPorts = ["FRONT_PORT", "BACK_PORT", "OTEL_EXPORTER_PROMETHEUS_PORT"];

export const servicesListenOutside: Rule = (cluster) =>
  cluster.workloads.flatMap(({ name, containers }) =>
    containers.flatMap((container) => {
      const given = variables(cluster, container);
      const hosts = listenHosts.filter((key) => given[key] !== undefined && given[key] !== "0.0.0.0");
      const ports = listenPorts.filter((key) => given[key] && portNumber(container, Number(given[key])) === undefined);
      return [
        ...hosts.map((key) => `${name} listens on ${given[key]} (${key}), where no other pod reaches it`),
        ...ports.map((key) => `${name} listens on ${given[key]} (${key}), which its container does not name`),
      ];
    }),
  );
