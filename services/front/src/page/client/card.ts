/** A card: what a scenario shows, the request as a command, and a button that sends it. */
import { curlLine, messagesOf } from "@baton/demo/request";
import type { Scenario } from "@baton/demo/scenario";
import { button, copyButton, el } from "@baton/viewer/page";

export interface CardOptions {
  readonly id: string;
  readonly title: string;
  readonly shows: string;
  /** The request in words or as a command, and more lines about it. */
  readonly request: Scenario["request"];
  readonly notes: readonly string[];
  /** The text of the button. `undefined`: there is none. */
  readonly action: string | undefined;
  /** Sends the request. What it returns is said on the card. */
  readonly onSend: () => Promise<CardState>;
}

export interface CardState {
  readonly text: string;
  readonly is: "good" | "bad" | "muted";
}

export function renderCard(options: CardOptions): HTMLElement {
  const { id, title, shows, request, notes, action, onSend } = options;
  const state = el("span", { class: "state small", role: "status" });
  const card = el(
    "article",
    { class: "card item", id, "aria-labelledby": `${id}-title` },
    el("h3", { id: `${id}-title` }, title),
    el("p", { class: "small muted" }, shows),
    renderRequest(request),
    ...notes.map((note) => el("p", { class: "small note" }, note)),
  );
  if (action === undefined) return card;
  const say = ({ text, is }: CardState) => {
    state.textContent = text;
    card.dataset.state = is;
  };
  const send = button(action, { class: "primary", "aria-describedby": `${id}-title` }, () => {
    send.disabled = true;
    say({ text: "Sending…", is: "muted" });
    onSend()
      .then(say, (error: unknown) => say({ text: error instanceof Error ? error.message : String(error), is: "bad" }))
      .finally(() => {
        send.disabled = false;
        card.dispatchEvent(new Event("sent"));
      });
  });
  card.append(el("div", { class: "actions" }, send, state));
  return card;
}

function renderRequest(request: Scenario["request"]): HTMLElement {
  if (request.type === "websocket") {
    const lines = `WebSocket ${request.path}\n${messagesOf(request)
      .map((message) => `> ${message}`)
      .join("\n")}`;
    return el("div", { class: "command" }, el("pre", { tabindex: 0 }, lines));
  }
  const command = curlLine(request, location.origin);
  return el(
    "div",
    { class: "command" },
    el("pre", { tabindex: 0 }, command),
    copyButton(async () => command, "the command"),
  );
}
