/** Rules for every pod beyond the standard of pod-security.ts: rights, limited resources, started with arguments. */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { Rule, Workload } from "../cluster.ts";

export const podsTakeLittle: Rule = ({ workloads }) =>
  workloads.flatMap((workload) => [
    ...podProblems(workload),
    ...[...workload.containers, ...(workload.pod.initContainers ?? [])].flatMap((container) =>
      containerProblems(container).map((text) => say(workload, text)),
    ),
  ]);

function podProblems(workload: Workload): string[] {
  const { securityContext, enableServiceLinks, automountServiceAccountToken } = workload.pod;
  const problems: string[] = [];
  // An image whose user is a name would not start: the kubelet cannot tell whether that is root.
  if (!securityContext?.runAsUser) problems.push("says no user");
  // A Service named `front` would otherwise put FRONT_PORT=tcp://10.0.0.1:80 into every container.
  if (enableServiceLinks !== false) problems.push("gets variables for each Service, which may overwrite its own");
  if (automountServiceAccountToken !== false) problems.push("gets a token of the API server that it does not use");
  return problems.map((text) => say(workload, text));
}

function containerProblems(container: IContainer): string[] {
  const { securityContext: context, resources, command, image } = container;
  const problems: string[] = [];
  if (context?.readOnlyRootFilesystem !== true) problems.push("can write to its root file system");
  if (resources?.requests?.cpu === undefined || resources.requests.memory === undefined)
    problems.push("requests nothing");
  if (resources?.limits?.memory === undefined) problems.push("has no limit of memory");
  if (resources?.limits?.cpu === undefined) problems.push("has no limit of processor time");
  if (command !== undefined) problems.push("has a command, which replaces the image's entry point: args are meant");
  problems.push(...imageProblems(image ?? ""));
  return problems.map((text) => `container ${container.name} ${text}`);
}

function imageProblems(image: string): string[] {
  const problems: string[] = [];
  const tag = /:([^/:]+)$/.exec(image)?.[1];
  if (image.includes("all-in-one")) problems.push(`uses ${image}, which is Jaeger v1 and has ended`);
  if (!image.includes("@sha256:") && (tag === undefined || tag === "latest")) {
    problems.push(`uses ${image}: without a version it is unknown what runs`);
  }
  return problems;
}

function say({ kind, name }: Workload, text: string): string {
  return `${kind} ${name} ${text}`;
}
