/** When a pod is started, ready and alive, and how long it may take to stop. */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IProbe } from "kubernetes-models/v1/Probe";
import { type Cluster, portNumber, type Rule, variables, type Workload } from "../cluster.ts";

/** The most that the services need to export their last spans, after their last request. */
const lastSpansSeconds = 5;

const probeNames = ["startupProbe", "readinessProbe", "livenessProbe"] as const;

export const probesReachTheirPort: Rule = ({ workloads }) =>
  workloads.flatMap((workload) =>
    workload.containers.flatMap((container) =>
      probeNames.flatMap((name) =>
        probeProblems(container, container[name]).map(
          (text) => `${workload.kind} ${workload.name}: ${name} of ${container.name} ${text}`,
        ),
      ),
    ),
  );

function probeProblems(container: IContainer, probe: IProbe | undefined): string[] {
  if (probe === undefined) return ["is missing"];
  const port = probe.httpGet?.port ?? probe.grpc?.port ?? probe.tcpSocket?.port;
  if (port === undefined) return ["asks nothing that works without a shell"];
  return portNumber(container, port) === undefined ? [`asks port ${port}, which the container does not name`] : [];
}

/** A service can stop in order only when the kubelet waits longer than the service needs. */
export const podsHaveTimeToStop: Rule = (cluster) =>
  cluster.workloads.flatMap((workload) => {
    const needed = Math.max(...workload.containers.map((container) => secondsToStop(cluster, container)));
    const given = workload.pod.terminationGracePeriodSeconds ?? 30;
    return given < needed ? [tooShort(workload, given, needed)] : [];
  });

function secondsToStop(cluster: Cluster, container: IContainer): number {
  const wait = container.lifecycle?.preStop?.sleep?.seconds ?? 0;
  const running = variables(cluster, container).SHUTDOWN_TIMEOUT_MS;
  return wait + (running === undefined ? 0 : Number(running) / 1000 + lastSpansSeconds);
}

function tooShort({ kind, name }: Workload, given: number, needed: number): string {
  return `${kind} ${name} is killed after ${given} s and needs up to ${needed} s to stop`;
}

/** A pod that serves others must keep running for a moment after SIGTERM, because others still send to it. */
export const servingPodsDrain: Rule = (cluster) =>
  cluster.workloads.flatMap(({ kind, name, containers }) =>
    containers
      .filter((container) => variables(cluster, container).SHUTDOWN_TIMEOUT_MS !== undefined)
      .filter((container) => !container.lifecycle?.preStop?.sleep?.seconds)
      .map((container) => `${kind} ${name}: container ${container.name} stops before others know that it does`),
  );
