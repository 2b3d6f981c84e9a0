/**
 * The `restricted` Pod Security Standard, field by field, for containers, init containers and ephemeral ones.
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IEphemeralContainer } from "kubernetes-models/v1/EphemeralContainer";
import type { IPodSecurityContext } from "kubernetes-models/v1/PodSecurityContext";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IProbe } from "kubernetes-models/v1/Probe";
import type { ISecurityContext } from "kubernetes-models/v1/SecurityContext";
import { ofKind, type Rule, type Workload } from "../cluster.ts";
import { nameOf } from "../manifests.ts";

type AnyContainer = IContainer | IEphemeralContainer;
/** The fields that a pod has for all of its containers, and a container for itself. */
type SharedContext = Pick<
  IPodSecurityContext & ISecurityContext,
  "appArmorProfile" | "runAsUser" | "seccompProfile" | "seLinuxOptions" | "windowsOptions"
>;

const volumeTypes = new Set([
  ...["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"],
  "name",
]);
const seLinuxTypes = new Set([
  undefined,
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);
const sysctls = new Set([
  ...["kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start"],
  ...["net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports"],
  ...["net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl"],
  ...["net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem"],
]);

/** The namespace refuses a pod that is not restricted, whoever makes it. */
export const namespacesEnforceRestricted: Rule = (cluster) => [
  ...ofKind(cluster, "Namespace")
    .filter(({ metadata }) => metadata?.labels?.["pod-security.kubernetes.io/enforce"] !== "restricted")
    .map((namespace) => `Namespace ${nameOf(namespace)} does not enforce the standard restricted`),
  ...cluster.workloads
    .filter(({ namespace }) => !ofKind(cluster, "Namespace").some((one) => nameOf(one) === namespace))
    .map(({ kind, name, namespace }) => `${kind} ${name} is in the namespace ${namespace}, which is not made here`),
];

export const podsMeetRestricted: Rule = ({ workloads }) =>
  workloads.flatMap((workload) => {
    const { kind, name, pod } = workload;
    const containers: readonly AnyContainer[] = [
      ...pod.containers,
      ...(pod.initContainers ?? []),
      ...(pod.ephemeralContainers ?? []),
    ];
    return [
      ...podProblems(workload),
      ...containers.flatMap((one) => containerProblems(one, pod).map((text) => `container ${one.name} ${text}`)),
    ].map((text) => `${kind} ${name} ${text}`);
  });

function podProblems({ pod, podAnnotations }: Workload): string[] {
  const { securityContext: context = {}, hostNetwork, hostPID, hostIPC, volumes = [] } = pod;
  const problems = contextProblems(context);
  if (hostNetwork || hostPID || hostIPC) problems.push("shares the node's network, processes or memory");
  for (const volume of volumes) {
    const types = Object.keys(volume).filter((key) => !volumeTypes.has(key));
    if (types.length > 0) problems.push(`has the volume ${volume.name} of the type ${types}`);
  }
  for (const { name } of context.sysctls ?? []) if (!sysctls.has(name)) problems.push(`sets the sysctl ${name}`);
  for (const [key, value] of Object.entries(podAnnotations)) {
    if (
      key.startsWith("container.apparmor.security.beta.kubernetes.io/") &&
      !/^(runtime\/default|localhost\/.*)$/.test(value)
    )
      problems.push(`has the AppArmor profile ${value}`);
  }
  return problems;
}

function containerProblems(container: AnyContainer, pod: IPodSpec): string[] {
  const { securityContext: own = {}, ports = [] } = container;
  const inherited = pod.securityContext ?? {};
  const problems = contextProblems(own);
  if ((own.runAsNonRoot ?? inherited.runAsNonRoot) !== true) problems.push("may run as root");
  const seccomp = (own.seccompProfile ?? inherited.seccompProfile)?.type;
  if (seccomp !== "RuntimeDefault" && seccomp !== "Localhost") problems.push("has no seccomp profile");
  if (own.privileged) problems.push("is privileged");
  if (own.allowPrivilegeEscalation !== false) problems.push("may gain privileges");
  if (!own.capabilities?.drop?.includes("ALL")) problems.push("keeps capabilities");
  if (own.capabilities?.add?.length) problems.push(`has capabilities added: ${own.capabilities.add}`);
  if (own.procMount !== undefined && own.procMount !== "Default") problems.push(`mounts /proc as ${own.procMount}`);
  if (ports.some(({ hostPort }) => hostPort)) problems.push("takes a port of the node");
  if (handlers(container).some(({ httpGet, tcpSocket }) => httpGet?.host || tcpSocket?.host))
    problems.push("makes the node send its probes to another host");
  return problems;
}

function contextProblems({
  appArmorProfile,
  runAsUser,
  seccompProfile,
  seLinuxOptions,
  windowsOptions,
}: SharedContext): string[] {
  const problems: string[] = [];
  if (runAsUser === 0) problems.push("runs as user 0");
  if (seccompProfile?.type === "Unconfined") problems.push("turns its seccomp profile off");
  if (appArmorProfile?.type === "Unconfined") problems.push("turns its AppArmor profile off");
  const { type, user, role } = seLinuxOptions ?? {};
  if (!seLinuxTypes.has(type) || user || role) problems.push("chooses its SELinux label");
  if (windowsOptions?.hostProcess) problems.push("is a process of the node");
  return problems;
}

/** What the kubelet does for a container. */
function handlers({ livenessProbe, readinessProbe, startupProbe, lifecycle }: AnyContainer) {
  const given: readonly (Pick<IProbe, "httpGet" | "tcpSocket"> | undefined)[] = [
    ...[livenessProbe, readinessProbe, startupProbe],
    ...[lifecycle?.postStart, lifecycle?.preStop],
  ];
  return given.flatMap((handler) => handler ?? []);
}
