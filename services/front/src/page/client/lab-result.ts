/** A broken request: its traces, its wire, and what the diagnosis says. */

import { faults } from "@baton/demo/lab/faults";
import type { Cause, Diagnosis, Trace } from "@baton/trace-tree";
import { buildTree } from "@baton/trace-tree";
import { el } from "@baton/viewer/page";
import type { LabResult } from "./lab-run.ts";
import { renderTree, renderVerdict } from "./result.ts";
import { renderWireOf } from "./wire-section.ts";

/** What one sees: each trace with its verdict, and the wire of the request. @param times How many requests were sent. */
export function renderSymptom({ traces, later, answer }: LabResult, times = 1): readonly HTMLElement[] {
  const isInPieces = traces.length > times;
  const requests = times === 1 ? "One request" : `${times} requests`;
  return [
    el("h4", {}, traces.length === 1 ? "The trace" : "The traces"),
    ...(isInPieces
      ? [el("p", { class: "verdict broken", role: "status" }, `✗ ${requests}, ${traces.length} traces`)]
      : []),
    ...traces.flatMap((trace) => renderTrace(trace, isInPieces)),
    ...(traces.length === 0 ? [] : [el("h4", {}, "The wire"), renderWireOf(traces, later, answer)]),
  ];
}

/** A piece of a broken trace can look whole. */
function renderTrace(trace: Trace, isPiece: boolean): readonly HTMLElement[] {
  const tree = buildTree(trace);
  const head = isPiece
    ? el("p", { class: "small muted" }, "trace ", el("code", {}, trace.traceId))
    : renderVerdict(tree);
  return [head, ...renderTree(tree, [])];
}

/** The cause as the diagnosis names it, and how it knows. */
export function renderFindings(findings: readonly Diagnosis[]): HTMLElement {
  if (findings.length === 0)
    return el("p", { class: "notice finding good" }, "✓ The diagnosis finds nothing: this request is healthy.");
  return el("div", { class: "findings-list" }, ...findings.map(renderFinding));
}

function renderFinding({ cause, grade, symptom, evidence, likelyCauses, mend, next }: Diagnosis): HTMLElement {
  const others = likelyCauses.filter((other) => other !== cause);
  return el(
    "div",
    { class: "notice finding" },
    el(
      "p",
      {},
      el("strong", {}, `Cause: ${nameOf(cause)}`),
      " ",
      el("span", { class: `chip ${gradeMark[grade]}` }, grade),
    ),
    el("p", { class: "small" }, symptom),
    el("ul", { class: "evidence small" }, ...evidence.map((line) => el("li", {}, line))),
    others.length > 0 && el("p", { class: "small" }, `It could also be: ${others.map(nameOf).join(", ")}.`),
    next !== "" && el("p", { class: "small" }, `To be certain: ${next}`),
    el("p", { class: "small" }, `What to do: ${mend}`),
  );
}

const gradeMark = { certain: "good", likely: "warn", open: "" } as const;

export function renderMend(lines: readonly string[]): HTMLElement {
  return el(
    "div",
    {},
    el("h4", {}, "The lines that mend it"),
    el("pre", { class: "mend", tabindex: 0 }, lines.join("\n")),
  );
}

/** The words of the table of faults; a cause that is in none is said by its id. */
export function nameOf(cause: Cause): string {
  const titles = faults.filter((fault) => fault.cause === cause).map(({ title }) => title.replace(/:.*/, ""));
  return titles[0] ?? cause.replaceAll("-", " ");
}
