/** Breaks a request without saying how, and lets a person guess from the spans and the wire alone. */
import type { Fault } from "@baton/demo/lab/fault";
import { faults } from "@baton/demo/lab/faults";
import type { Diagnosis } from "@baton/trace-tree";
import { button, el } from "@baton/viewer/page";
import type { Board } from "./board.ts";
import { renderFindings, renderMend, renderSymptom } from "./lab-result.ts";
import { runInLab } from "./lab-run.ts";

const choices = 4;

export async function startQuiz(board: Board): Promise<void> {
  const [fault, ...rest] = shuffle(faults);
  if (fault === undefined) return;
  const stage = board.begin();
  const title = el("h3", {}, "What is broken?");
  stage.show(title, el("p", { class: "notice waiting", role: "status" }, "Something breaks. Waiting for the spans…"));
  const isDone = (findings: readonly Diagnosis[]) => findings.some(({ cause }) => cause === fault.cause);
  const result = await runInLab(fault, { faultId: fault.id, isDone });
  const others = rest.filter(({ cause }, index) => cause !== fault.cause && isFirst(rest, index));
  const options = shuffle([fault, ...others.slice(0, choices - 1)]);
  const answer = el("div", { class: "quiz-answer" });
  const buttons = options.map((option) =>
    button(option.title, { class: "guess" }, () => {
      for (const each of buttons) each.disabled = true;
      answer.replaceChildren(...renderAnswer(option, fault, result.findings, board));
    }),
  );
  stage.show(
    title,
    el("p", { class: "muted" }, "Look at the traces and the wire below. Where does the way of the header end?"),
    el("div", { class: "guesses", role: "group", "aria-label": "Your guess" }, ...buttons),
    answer,
    ...renderSymptom(result, fault.times),
  );
}

/** For a button: an error is shown where the result would be. */
export function renderQuiz(board: Board): void {
  startQuiz(board).catch((error: unknown) => board.begin().show(el("p", { class: "notice bad" }, String(error))));
}

function renderAnswer(
  guess: Fault,
  fault: Fault,
  findings: readonly Diagnosis[],
  board: Board,
): readonly HTMLElement[] {
  const isRight = guess.cause === fault.cause;
  return [
    el(
      "p",
      { class: isRight ? "verdict joined" : "verdict broken", role: "status" },
      isRight ? `✓ Right: ${fault.title}.` : `✗ It was: ${fault.title}.`,
    ),
    el("p", {}, fault.symptom),
    el("h4", {}, "How one could have known"),
    renderFindings(findings),
    renderMend(fault.mend),
    el(
      "div",
      { class: "actions" },
      button("Another one", { class: "primary" }, () => renderQuiz(board)),
    ),
  ];
}

/** Whether no earlier fault has the same cause: two right answers would be unfair. */
function isFirst(list: readonly Fault[], index: number): boolean {
  return list.findIndex(({ cause }) => cause === list[index]?.cause) === index;
}

function shuffle<Item>(items: readonly Item[]): readonly Item[] {
  const keyed = items.map((item) => ({ item, key: Math.random() }));
  return keyed.toSorted((a, b) => a.key - b.key).map(({ item }) => item);
}
