/** What every page does: open a trace by its id, `/` to the search field, and keep the list fresh. */
import { readTraceId } from "../model/search-query.ts";
import { wireTheme } from "./theme.ts";

/** Wires the top bar and the keys. */
export function startPage(): void {
  wireTheme(document.querySelector(".jump"));
  wireJump();
  document.addEventListener("keydown", (event) => {
    const typing = event.target instanceof HTMLElement && event.target.closest("input, select, textarea") !== null;
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const field = document.querySelector<HTMLInputElement>("[data-slash]");
    if (!field) return;
    event.preventDefault();
    const around = field.closest("details");
    if (around) around.open = true;
    field.focus();
    field.select();
  });
}

/** Runs `load` every five seconds while the box is ticked and the page is seen; one run at a time. */
export function autoRefresh(box: HTMLInputElement, load: () => Promise<void>): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const next = () => {
    clearTimeout(timer);
    if (box.checked) timer = setTimeout(() => (document.hidden ? next() : void load().finally(next)), 5_000);
  };
  box.addEventListener("change", next);
  next();
}

function wireJump(): void {
  const form = document.querySelector<HTMLFormElement>(".jump");
  const field = form?.querySelector("input");
  if (!form || !field) return;
  field.addEventListener("input", () => field.setCustomValidity(""));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const id = readTraceId(field.value);
    if (id !== undefined) return location.assign(`/trace/${id}`);
    field.setCustomValidity("A trace id is 32 hex digits; a whole traceparent will do, too.");
    field.reportValidity();
  });
}
