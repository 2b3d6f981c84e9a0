/** Disruption budgets and autoscalers: their pods must exist, and they must not conflict. */
import { type Cluster, ofKind, type Rule, selects, type Workload } from "../cluster.ts";
import { nameOf } from "../manifests.ts";

export const budgetsFit: Rule = (cluster) => {
  const budgets = ofKind(cluster, "PodDisruptionBudget");
  const problems = budgets.flatMap((budget) => {
    const covered = cluster.workloads.filter((one) => selects(budget.spec?.selector ?? {}, one.podLabels));
    if (covered.length === 0) return [`PodDisruptionBudget ${nameOf(budget)} selects no pod`];
    return covered
      .filter((workload) => neverGivesWay(workload, cluster, budget.spec?.minAvailable, budget.spec?.maxUnavailable))
      .map((workload) => `PodDisruptionBudget ${nameOf(budget)} lets no pod of ${workload.name} ever be moved`);
  });
  const bare = cluster.workloads
    .filter((workload) => !budgets.some((budget) => selects(budget.spec?.selector ?? {}, workload.podLabels)))
    .map((workload) => `${workload.kind} ${workload.name} has no PodDisruptionBudget`);
  return [...problems, ...bare];
};

type Amount = number | string | undefined;

function neverGivesWay(workload: Workload, cluster: Cluster, minAvailable: Amount, maxUnavailable: Amount): boolean {
  if (maxUnavailable === 0 || maxUnavailable === "0%" || minAvailable === "100%") return true;
  const scaler = scalerOf(cluster, workload);
  const fewest = scaler?.spec?.minReplicas ?? workload.replicas ?? 1;
  return typeof minAvailable === "number" && minAvailable >= fewest;
}

function scalerOf(cluster: Cluster, { kind, name }: Workload) {
  return ofKind(cluster, "HorizontalPodAutoscaler").find(({ spec }) => {
    return spec?.scaleTargetRef.kind === kind && spec.scaleTargetRef.name === name;
  });
}

export const autoscalersScale: Rule = (cluster) =>
  ofKind(cluster, "HorizontalPodAutoscaler").flatMap((scaler) => {
    const { scaleTargetRef: target, metrics = [], minReplicas = 1, maxReplicas = 1 } = scaler.spec ?? {};
    const workload = cluster.workloads.find(({ kind, name }) => kind === target?.kind && name === target.name);
    if (workload === undefined) {
      return [`HorizontalPodAutoscaler ${nameOf(scaler)} scales ${target?.kind} ${target?.name}, which is not there`];
    }
    const problems: string[] = [];
    if (workload.replicas !== undefined) problems.push("would be reset by each apply: its target says replicas too");
    if (maxReplicas <= minReplicas) problems.push("cannot scale: maxReplicas is not above minReplicas");
    for (const { resource } of metrics) {
      const blind = workload.containers.filter(
        (one) => resource && one.resources?.requests?.[resource.name] === undefined,
      );
      for (const container of blind)
        problems.push(`measures ${resource?.name}, which ${container.name} does not request`);
    }
    return problems.map((text) => `HorizontalPodAutoscaler ${nameOf(scaler)} ${text}`);
  });
