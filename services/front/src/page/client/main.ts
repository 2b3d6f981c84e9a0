/** The page at /: its sections, in order. */
import { el } from "@baton/viewer/page";
import { createSendSection } from "./send-section.ts";

interface Section {
  readonly id: string;
  readonly name: string;
  readonly intro: string;
  readonly content: HTMLElement;
}

const sections: readonly Section[] = [
  {
    id: "send",
    name: "Send",
    intro: "Each card is a scenario of the demo. The tests check the same table. Send one and see its trace.",
    content: createSendSection(() => {}),
  },
];

document.getElementById("page")?.replaceWith(...sections.map(renderSection));
document
  .getElementById("sections")
  ?.replaceChildren(...sections.map(({ id, name }, index) => el("a", { href: `#${id}` }, `${index + 1} ${name}`)));

function renderSection({ id, name, intro, content }: Section, index: number): HTMLElement {
  return el(
    "section",
    { class: "part", id, "aria-labelledby": `${id}-name` },
    el(
      "header",
      { class: "part-head" },
      el("h2", { id: `${id}-name` }, el("span", { class: "part-number", "aria-hidden": "true" }, index + 1), name),
      el("p", { class: "muted" }, intro),
    ),
    content,
  );
}
