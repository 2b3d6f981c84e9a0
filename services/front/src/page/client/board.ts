/** A list of cards, and beside it the stage on which the result of the last one is shown. */
import { el } from "@baton/viewer/page";

export interface Board {
  readonly element: HTMLElement;
  /** Adds a card to the list, or a heading. */
  readonly add: (...elements: readonly HTMLElement[]) => void;
  /** Clears the stage for a new result, which is dropped when another one takes the stage. */
  readonly begin: () => Stage;
}

export interface Stage {
  readonly show: (...elements: readonly HTMLElement[]) => void;
  readonly isOver: () => boolean;
}

/** @param hint What the stage says before anything was sent. */
export function createBoard(name: string, hint: string): Board {
  const cards = el("div", { class: "cards" });
  const stage = el(
    "section",
    { class: "stage", "aria-label": `${name}: result`, tabindex: -1 },
    el("p", { class: "card hint muted" }, hint),
  );
  let turn = 0;
  return {
    element: el("div", { class: "board" }, cards, stage),
    add: (...elements) => cards.append(...elements),
    begin: () => {
      turn += 1;
      const mine = turn;
      const isOver = () => mine !== turn;
      let isFirst = true;
      return {
        isOver,
        show: (...elements) => {
          if (isOver()) return;
          stage.replaceChildren(...elements);
          if (isFirst) reveal(stage);
          isFirst = false;
        },
      };
    },
  };
}

/** On a narrow screen the stage is below the cards. */
function reveal(stage: HTMLElement): void {
  const { top } = stage.getBoundingClientRect();
  const isInView = top >= 0 && top < innerHeight * 0.6;
  if (!isInView) stage.scrollIntoView({ block: "start", behavior: reducedMotion() ? "auto" : "smooth" });
}

function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
