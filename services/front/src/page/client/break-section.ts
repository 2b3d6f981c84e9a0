/** Section 3: faults that a person switches on, and a quiz that hides their names. */
import type { Fault } from "@baton/demo/lab/fault";
import { faults } from "@baton/demo/lab/faults";
import { button, el } from "@baton/viewer/page";
import { type Board, createBoard } from "./board.ts";
import { type CardState, renderCard } from "./card.ts";
import { createFaultSwitch } from "./fault-switch.ts";
import { renderFindings, renderMend, renderSymptom } from "./lab-result.ts";
import { runInLab } from "./lab-run.ts";
import { renderQuiz } from "./quiz.ts";

const places = [
  ["front", "In front"],
  ["between", "Between front and back"],
  ["back", "In back"],
] as const;

export function createBreakSection(): HTMLElement {
  const board = createBoard(
    "Break it",
    "Switch a fault on and see what it does to the trace, or let the quiz hide its name.",
  );
  for (const [where, name] of places) {
    board.add(
      el("h3", {}, name),
      ...faults.filter((fault) => fault.where === where).map((fault) => faultCard(fault, board)),
    );
  }
  const bar = el(
    "div",
    { class: "actions lab-bar card" },
    button("Quiz: break something, and do not tell me what", { class: "primary", id: "quiz" }, () => renderQuiz(board)),
    createFaultSwitch(),
  );
  return el("div", { class: "break" }, bar, board.element);
}

function faultCard(fault: Fault, board: Board): HTMLElement {
  return renderCard({
    id: `fault-${fault.id}`,
    title: fault.title,
    shows: fault.symptom,
    request: { ...fault.request, headers: { ...fault.request.headers, "x-lab-fault": fault.id } },
    notes: (fault.times ?? 1) > 1 ? [`It needs ${fault.times} requests, one after the other.`] : [],
    action: "Break it",
    onSend: () => breakIt(fault, board),
  });
}

async function breakIt(fault: Fault, board: Board): Promise<CardState> {
  const stage = board.begin();
  stage.show(el("h3", {}, fault.title), waiting());
  const result = await runInLab(fault, {
    faultId: fault.id,
    isDone: (findings) => findings.length === 1 && findings[0]?.cause === fault.cause,
  });
  const mended = el("div", { class: "mended" });
  const again = button("Send again, mended", { class: "primary" }, () => {
    again.disabled = true;
    mended.replaceChildren(waiting());
    sendMended(fault).then(
      (elements) => mended.replaceChildren(...elements),
      (error: unknown) => mended.replaceChildren(el("p", { class: "notice bad" }, String(error))),
    );
  });
  stage.show(
    el("header", { class: "result-head" }, el("h3", {}, fault.title)),
    el("p", {}, fault.symptom),
    renderFindings(result.findings),
    renderMend(fault.mend),
    el("div", { class: "actions" }, again),
    mended,
    ...renderSymptom(result, fault.times),
  );
  const isNamed = result.findings.some(({ cause }) => cause === fault.cause);
  return isNamed
    ? { text: "✓ broken, and the diagnosis names it", is: "good" }
    : { text: "✗ the diagnosis did not name it", is: "bad" };
}

/** The same request without the fault. */
async function sendMended(fault: Fault): Promise<readonly HTMLElement[]> {
  const result = await runInLab(fault, { faultId: "none", isDone: (findings) => findings.length === 0 });
  return [el("h4", {}, "Mended"), renderFindings(result.findings), ...renderSymptom(result, fault.times)];
}

function waiting(): HTMLElement {
  return el("p", { class: "notice waiting", role: "status" }, "Sending, and waiting for the spans…");
}
