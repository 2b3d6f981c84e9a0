/** Rendered manifests as typed objects. Faults against the Kubernetes schemas are found here, before the rules run. */

import { validate as validateDeployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as validateStatefulSet } from "kubernetes-models/_schemas/IoK8sApiAppsV1StatefulSet";
import { validate as validateAutoscaler } from "kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler";
import { validate as validateConfigMap } from "kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap";
import { validate as validateNamespace } from "kubernetes-models/_schemas/IoK8sApiCoreV1Namespace";
import { validate as validateService } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as validateNetworkPolicy } from "kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy";
import { validate as validateDisruptionBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import type { IDeployment } from "kubernetes-models/apps/v1/Deployment";
import type { IStatefulSet } from "kubernetes-models/apps/v1/StatefulSet";
import type { IHorizontalPodAutoscaler } from "kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler";
import type { INetworkPolicy } from "kubernetes-models/networking.k8s.io/v1/NetworkPolicy";
import type { IPodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget";
import type { IConfigMap } from "kubernetes-models/v1/ConfigMap";
import type { INamespace } from "kubernetes-models/v1/Namespace";
import type { IService } from "kubernetes-models/v1/Service";
import { watchReads } from "./watch-reads.ts";

export type KubeObject =
  | IDeployment
  | IStatefulSet
  | IHorizontalPodAutoscaler
  | INetworkPolicy
  | IPodDisruptionBudget
  | IConfigMap
  | INamespace
  | IService;

type Validate = ((data: unknown) => boolean) & { errors?: readonly SchemaError[] | null };

interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

const schemas: Readonly<Record<string, Validate>> = {
  "apps/v1 Deployment": validateDeployment,
  "apps/v1 StatefulSet": validateStatefulSet,
  "autoscaling/v2 HorizontalPodAutoscaler": validateAutoscaler,
  "networking.k8s.io/v1 NetworkPolicy": validateNetworkPolicy,
  "policy/v1 PodDisruptionBudget": validateDisruptionBudget,
  "v1 ConfigMap": validateConfigMap,
  "v1 Namespace": validateNamespace,
  "v1 Service": validateService,
};

export interface ReadManifests {
  /** The objects that are valid in their schema. */
  readonly objects: readonly KubeObject[];
  readonly problems: readonly string[];
}

export function parseManifests(yaml: string): readonly unknown[] {
  const documents: unknown = Bun.YAML.parse(yaml);
  return (Array.isArray(documents) ? documents : [documents]).filter((document) => document !== null);
}

/** Whether two renderings have the same content: releases of kustomize differ in the order of objects and fields. */
export function sayTheSame(first: string, second: string): boolean {
  const sorted = (yaml: string) => parseManifests(yaml).toSorted((a, b) => describe(a).localeCompare(describe(b)));
  return Bun.deepEquals(sorted(first), sorted(second));
}

/** Checks every object against the schema of its kind. Fields that are not in the schema are faults too. */
export function readManifests(documents: readonly unknown[]): ReadManifests {
  const objects: KubeObject[] = [];
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const document of documents) {
    const found = checkSchema(document);
    const id = describe(document);
    if (seen.has(id)) found.push(`${id} is there twice`);
    seen.add(id);
    problems.push(...found);
    // The schema was checked above.
    if (found.length === 0) objects.push(document as KubeObject);
  }
  return { objects, problems };
}

export function nameOf(object: KubeObject): string {
  return object.metadata?.name ?? "";
}

export function describe(document: unknown): string {
  const { kind, metadata } = (document ?? {}) as { kind?: unknown; metadata?: { name?: unknown } };
  return `${kind ?? "an object without kind"} ${metadata?.name ?? "without name"}`;
}

function checkSchema(document: unknown): string[] {
  const { apiVersion, kind } = (document ?? {}) as { apiVersion?: unknown; kind?: unknown };
  const validate = schemas[`${apiVersion} ${kind}`];
  if (validate === undefined) return [`${describe(document)}: no schema for ${apiVersion} ${kind}`];
  const { watched, unread } = watchReads(document);
  const problems: string[] = [];
  if (!validate(watched)) {
    for (const error of validate.errors ?? []) problems.push(`${describe(document)}: ${sentence(error)}`);
  }
  for (const path of unread()) problems.push(`${describe(document)}: ${path} is not in the schema`);
  return problems;
}

function sentence({ instancePath, keyword, params }: SchemaError): string {
  const wants = Object.entries(params).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return `${instancePath || "/"} breaks the schema: ${keyword} ${wants.join(", ")}`;
}
