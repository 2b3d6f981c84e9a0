/** What the rules need of a set of manifests: workloads, containers, variables and selectors. */
import type { IContainer } from "kubernetes-models/v1/Container";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import { type KubeObject, nameOf } from "./manifests.ts";

export interface Cluster {
  readonly objects: readonly KubeObject[];
  readonly workloads: readonly Workload[];
}

export interface Workload {
  readonly kind: "Deployment" | "StatefulSet";
  readonly name: string;
  readonly namespace: string | undefined;
  /** Absent when an autoscaler decides. */
  readonly replicas: number | undefined;
  readonly podLabels: Readonly<Record<string, string>>;
  readonly podAnnotations: Readonly<Record<string, string>>;
  readonly pod: IPodSpec;
  readonly containers: readonly IContainer[];
}

export type ObjectOf<Kind extends KubeObject["kind"]> = Extract<KubeObject, { kind: Kind }>;

/** Returns a sentence for each fault. */
export type Rule = (cluster: Cluster) => readonly string[];

export function createCluster(objects: readonly KubeObject[]): Cluster {
  const workloads = objects.flatMap((object): Workload[] => {
    if (object.kind !== "Deployment" && object.kind !== "StatefulSet") return [];
    const pod = object.spec?.template.spec;
    if (pod === undefined) return [];
    const { labels: podLabels = {}, annotations: podAnnotations = {} } = object.spec?.template.metadata ?? {};
    return [
      {
        kind: object.kind,
        name: nameOf(object),
        namespace: object.metadata?.namespace,
        replicas: object.spec?.replicas,
        podLabels,
        podAnnotations,
        pod,
        containers: pod.containers,
      },
    ];
  });
  return { objects, workloads };
}

export function ofKind<Kind extends KubeObject["kind"]>(cluster: Cluster, kind: Kind): readonly ObjectOf<Kind>[] {
  return cluster.objects.filter((object): object is ObjectOf<Kind> => object.kind === kind);
}

export function findObject<Kind extends KubeObject["kind"]>(
  cluster: Cluster,
  kind: Kind,
  name: string,
): ObjectOf<Kind> | undefined {
  return ofKind(cluster, kind).find((object) => nameOf(object) === name);
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>> | undefined;
  readonly matchExpressions?: readonly SelectorExpression[] | undefined;
}

interface SelectorExpression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[] | undefined;
}

/** An empty selector selects everything, as in the API. */
export function selects(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  const same = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return same && (selector.matchExpressions ?? []).every((expression) => meets(expression, labels[expression.key]));
}

function meets({ operator, values = [] }: SelectorExpression, label: string | undefined): boolean {
  if (operator === "In") return label !== undefined && values.includes(label);
  if (operator === "NotIn") return label === undefined || !values.includes(label);
  return operator === "Exists" ? label !== undefined : label === undefined;
}

/** The known variables of a container: its own, and those of ConfigMaps in `envFrom`. */
export function variables(cluster: Cluster, container: IContainer): Readonly<Record<string, string>> {
  const known: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const name = source.configMapRef?.name;
    if (name !== undefined) Object.assign(known, findObject(cluster, "ConfigMap", name)?.data);
  }
  for (const { name, value } of container.env ?? []) if (value !== undefined) known[name] = value;
  return known;
}

/** The number of a port, from its number or its name. */
export function portNumber(container: IContainer, port: number | string): number | undefined {
  const found = (container.ports ?? []).find(({ name, containerPort }) => port === name || port === containerPort);
  return found?.containerPort;
}
