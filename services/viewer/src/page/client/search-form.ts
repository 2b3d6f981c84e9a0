/** The search form: its fields to a state and back. */
import { readSearch, type SearchState } from "../model/search-query.ts";
import { byId, el } from "./dom.ts";

/** What the fields say now. */
export function readForm(form: HTMLFormElement): SearchState {
  const params = new URLSearchParams();
  for (const [name, value] of new FormData(form)) params.set(name, String(value));
  return readSearch(params);
}

/** Puts a state into the fields. A value that a select does not offer is added, so that no shared address loses it. */
export function fillForm(form: HTMLFormElement, state: SearchState): void {
  for (const [name, value] of Object.entries(state)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLSelectElement && !hasOption(field, String(value))) {
      field.append(el("option", { value }, value));
    }
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.value = String(value);
  }
}

/** Offers these values after the select's first option ("every …"), and keeps what is chosen. */
export function offer(form: HTMLFormElement, name: "service" | "operation", values: readonly string[]): void {
  const field = form.elements.namedItem(name);
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

/** Marks the field that could not be read and says why; with no field, takes the mark away. */
export function showProblem(form: HTMLFormElement, field?: keyof SearchState, problem = ""): void {
  for (const input of form.querySelectorAll("input")) input.removeAttribute("aria-invalid");
  const wrong = field && form.elements.namedItem(field);
  if (wrong instanceof HTMLInputElement) wrong.setAttribute("aria-invalid", "true");
  byId("problem", HTMLParagraphElement).textContent = problem;
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

function hasOption(select: HTMLSelectElement, value: string): boolean {
  return [...select.options].some((option) => option.value === value);
}
