/** The page at /: its sections, in order. */
import { el } from "@baton/viewer/page";
import { createBreakSection } from "./break-section.ts";
import { facts } from "./facts.ts";
import { createOptionsSection } from "./options-section.ts";
import { createQueueSection } from "./queue-section.ts";
import { createSendSection, type OnTrace } from "./send-section.ts";
import { createWireSection } from "./wire-section.ts";

interface Section {
  readonly id: string;
  readonly name: string;
  readonly intro: string;
  readonly content: HTMLElement;
}

const wire = createWireSection();
const onTrace: OnTrace = (title, { tree }, answer) => wire.show(title, tree === undefined ? [] : [tree.trace], answer);

const sections: readonly Section[] = [
  {
    id: "send",
    name: "Send",
    intro: "Each card is a scenario of the demo. The tests check the same table. Send one and see its trace.",
    content: createSendSection(onTrace),
  },
  {
    id: "wire",
    name: "The wire",
    intro: "What left, what arrived, and which span was made of it: hop by hop, for the request that was sent last.",
    content: wire.element,
  },
  ...(facts.lab ? labSections() : []),
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

function labSections(): readonly Section[] {
  return [
    {
      id: "break",
      name: "Break it",
      intro:
        "Real faults in real processes, most of them with the header: not sent, lost on the way, or not read. The diagnosis sees only spans and wire, and must name the cause.",
      content: createBreakSection(),
    },
    {
      id: "options",
      name: "Options",
      intro: "One request for each option of the package. The body says what to look for and why one would want it.",
      content: createOptionsSection(onTrace),
    },
    {
      id: "queue",
      name: "Over a queue",
      intro:
        "The same message consumed in three ways, beside each other. The headers of the message carry the context.",
      content: createQueueSection(onTrace),
    },
  ];
}
