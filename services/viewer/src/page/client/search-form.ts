/** The search form: its fields to a state and back. */
import { fromField, toField } from "../model/moment-field.ts";
import { CUSTOM, DEFAULT_SEARCH, type Problem, type SearchState } from "../model/search-query.ts";
import { byId, el } from "./dom.ts";

const MOMENTS = ["start", "end"] as const;

/** What the fields say now. */
export function readForm(form: HTMLFormElement): SearchState {
  const value = (name: string) => {
    const field = form.elements.namedItem(name);
    return field instanceof HTMLSelectElement || field instanceof HTMLInputElement ? field.value.trim() : "";
  };
  const fields = Object.entries(DEFAULT_SEARCH).map(([name, usual]) => [name, value(name) || usual]);
  const state = { ...(Object.fromEntries(fields) as unknown as SearchState), traceIds: "" };
  if (state.lookback !== CUSTOM) return { ...state, start: "", end: "" };
  const [start, end] = MOMENTS.map((name) => fromField(value(name), momentField(form, name).dataset.micros ?? ""));
  return { ...state, start: start ?? "", end: end ?? "" };
}

/** Puts a state into the fields. A value that a select does not offer is added, so that no shared address loses it. */
export function fillForm(form: HTMLFormElement, state: SearchState): void {
  for (const [name, value] of Object.entries(state)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement && !hasOption(field, value)) field.append(el("option", { value }, value));
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value = value;
  }
  for (const name of MOMENTS) {
    const field = momentField(form, name);
    field.dataset.micros = state[name];
    field.value = toField(state[name]);
  }
  showRange(state.lookback === CUSTOM);
}

/** The fields for a beginning and an end are there only where they count. */
export function showRange(isShown: boolean): void {
  byId("range", HTMLDivElement).hidden = !isShown;
}

/** Offers these values after the select's first option ("every …"), and keeps what is chosen. */
export function offer(field: RadioNodeList | Element | null, values: readonly string[]): void {
  if (!(field instanceof HTMLSelectElement)) return;
  const chosen = field.value;
  const offered = chosen === "" || values.includes(chosen) ? values : [...values, chosen];
  // A list that is open would close if it were made anew.
  if (
    offered.join("\n") ===
    [...field.options]
      .slice(1)
      .map(({ value }) => value)
      .join("\n")
  )
    return;
  const options = offered.map((value) => el("option", { value }, value));
  field.replaceChildren(...[...field.options].slice(0, 1), ...options);
  field.value = chosen;
}

/** Says under a field why it cannot be read; with no problem, takes that away. Whether it found the field. */
export function showProblem(form: HTMLFormElement, wrong?: Problem): boolean {
  for (const field of form.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-errormessage");
  }
  form.querySelector(".problem")?.remove();
  const field = wrong?.field && form.elements.namedItem(wrong.field);
  const label = field instanceof HTMLElement ? field.closest("label") : null;
  if (!wrong || !label || !(field instanceof HTMLElement)) return false;
  field.setAttribute("aria-invalid", "true");
  field.setAttribute("aria-errormessage", "problem");
  label.append(el("span", { class: "problem", id: "problem", role: "alert" }, wrong.problem));
  // Above a narrow list the filters are folded.
  byId("filters", HTMLDetailsElement).open = true;
  if (label.closest("#range")) showRange(true);
  return true;
}

/** The filters stand open beside a wide list, and are folded above a narrow one. */
export function unfoldFilters(): void {
  const filters = byId("filters", HTMLDetailsElement);
  const wide = matchMedia("(min-width: 900px)");
  const unfold = () => {
    filters.open = wide.matches;
  };
  wide.addEventListener("change", unfold);
  filters.addEventListener("toggle", () => {
    if (wide.matches) filters.open = true;
  });
  unfold();
}

function momentField(form: HTMLFormElement, name: string): HTMLInputElement {
  const field = form.elements.namedItem(name);
  if (!(field instanceof HTMLInputElement)) throw new Error(`the form has no field ${name}`);
  return field;
}

function hasOption(select: HTMLSelectElement, value: string): boolean {
  return [...select.options].some((option) => option.value === value);
}
