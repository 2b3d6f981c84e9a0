/** What the lab prints with `--json`. */
import { type Diagnosis, type Hop, type Span, wireOf } from "@baton/trace-tree";
import type { ScenarioResult } from "../run-scenario.ts";
import type { FaultResult } from "./run-fault.ts";

/** Enough to find a span again. */
function refOf({ traceId, spanId, service, kind, name }: Span) {
  return { traceId, spanId, service, kind, name };
}

function hopJson({ from, to, ...hop }: Hop) {
  return { from: from === undefined ? null : refOf(from), to: to === undefined ? null : refOf(to), ...hop };
}

function findingJson({ spans, ...finding }: Diagnosis) {
  return { ...finding, spans: spans.map(refOf) };
}

export function wireJson({ scenario, answer, traceId, tree, differences }: ScenarioResult) {
  return {
    scenario: scenario.id,
    status: answer.status,
    traceId: traceId ?? null,
    differences,
    hops: tree === undefined ? [] : wireOf(tree.trace).map(hopJson),
  };
}

export function faultJson(broken: FaultResult, mended: FaultResult) {
  const { fault, answer, traces, healthy, findings, ok } = broken;
  const [first, ...others] = traces;
  return {
    fault: fault.id,
    cause: fault.cause,
    ok: ok && mended.ok,
    status: answer.status,
    traceIds: traces.map(({ traceId }) => traceId),
    findings: findings.map(findingJson),
    findingsWhenMended: mended.findings.map(findingJson),
    hops: first === undefined ? [] : wireOf(first, [...others, ...healthy]).map(hopJson),
  };
}
