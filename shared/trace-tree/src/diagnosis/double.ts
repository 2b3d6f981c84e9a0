/** Two spans of one kind for one request. */
import type { Diagnosis } from "../cause.ts";
import { operationOf } from "../operation.ts";
import type { Span } from "../trace.ts";
import { type Evidence, encloses, endOf, finding, label } from "./evidence.ts";

export function findDoubles(evidence: Evidence): readonly Diagnosis[] {
  const found: Diagnosis[] = [];
  const siblings = Map.groupBy(
    evidence.spans.filter(({ parentId, kind }) => parentId !== undefined && kind === "server"),
    (span) => `${span.traceId} ${span.parentId} ${span.service} ${operationOf(span) ?? span.name}`,
  );
  for (const [first, ...rest] of siblings.values()) {
    const twin = rest.find((span) => first !== undefined && overlaps(first, span) && isTwin(first, span));
    if (first !== undefined && twin !== undefined)
      found.push(report(first, twin, "They have the same parent.", evidence));
  }
  for (const span of evidence.spans) {
    if (span.kind !== "server" && span.kind !== "client") continue;
    const twin = evidence.childrenOf(span).find((child) => child.kind === span.kind && isTwin(span, child));
    if (twin !== undefined) found.push(report(span, twin, "One is the parent of the other.", evidence));
  }
  return found;
}

/** Attempts of one call follow each other, and a call to oneself has a CLIENT span between its two SERVER spans. */
function isTwin(a: Span, b: Span): boolean {
  const isSame = a.service === b.service && (operationOf(a) ?? a.name) === (operationOf(b) ?? b.name);
  return isSame && (encloses(a, b) || encloses(b, a)) && samePeer(a, b);
}

/** Two attempts of one call do not. Starts that are known to the millisecond only may be the same moment. */
function overlaps(a: Span, b: Span): boolean {
  const isAtOnce = Math.abs(a.startMicros - b.startMicros) <= 1000;
  return isAtOnce || Math.max(a.startMicros, b.startMicros) < Math.min(endOf(a), endOf(b));
}

/** A request that is sent twice at once comes over two connections, or to two instances. */
function samePeer(a: Span, b: Span): boolean {
  return ["network.peer.port", "client.port"].every((key) => {
    const [one, other] = [a.attributes[key], b.attributes[key]];
    return one === undefined || other === undefined || one === other;
  });
}

function report(first: Span, second: Span, how: string, { explained }: Evidence): Diagnosis {
  explained.add(first).add(second);
  const scopes = [first, second].map(
    ({ attributes }) => attributes["otel.scope.name"] ?? attributes["otel.library.name"],
  );
  const [one, other] = scopes;
  return finding({
    cause: "double-instrumentation",
    spans: [first, second],
    symptom: `${first.service} has two ${first.kind.toUpperCase()} spans of one request: ${label(first)}, twice.`,
    evidence: [
      `${how} They have the same service and method, and one ran inside the other.`,
      ...(one === undefined || other === undefined
        ? []
        : [one === other ? `Both are made by ${one}.` : `One is made by ${one}, the other by ${other}.`]),
    ],
  });
}
