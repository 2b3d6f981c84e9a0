/** A button that sends the requests of several cards. */
import { button } from "@baton/viewer/page";

export function sendAllButton(text: string, cards: readonly HTMLElement[]): HTMLElement {
  const all = button(text, {}, () => {
    all.disabled = true;
    void sendAll(cards).finally(() => {
      all.disabled = false;
    });
  });
  return all;
}

/** One after the other, as a person would. */
async function sendAll(cards: readonly HTMLElement[]): Promise<void> {
  for (const card of cards) {
    const send = card.querySelector<HTMLButtonElement>("button.primary");
    if (send === null) continue;
    const { promise, resolve } = Promise.withResolvers<void>();
    card.addEventListener("sent", () => resolve(), { once: true });
    send.click();
    await promise;
  }
}
