/** Keeps one fault on for every request, whoever sends it, until it is switched off. */
import { faults } from "@baton/demo/lab/faults";
import { el } from "@baton/viewer/page";

export function createFaultSwitch(): HTMLElement {
  const select = el(
    "select",
    { id: "standing-fault" },
    el("option", { value: "" }, "no fault"),
    ...faults.map(({ id, title }) => el("option", { value: id }, title)),
  );
  const state = el("span", { class: "small", role: "status" });
  const show = (fault: string | null) => {
    select.value = fault ?? "";
    state.textContent = fault === null ? "" : "On: every request of everybody is broken, also those of section 1.";
    document.body.classList.toggle("broken", fault !== null);
  };
  const ask = async (init: RequestInit) => {
    try {
      const response = await fetch("/lab/fault", { cache: "no-store", ...init });
      show(((await response.json()) as { readonly fault: string | null }).fault);
    } catch {
      state.textContent = "front does not answer.";
    }
  };
  select.addEventListener("change", () => {
    const body = JSON.stringify({ fault: select.value || null });
    void ask({ method: "PUT", headers: { "content-type": "application/json" }, body });
  });
  void ask({});
  return el("span", { class: "actions" }, label("Keep on until switched off:", select), state);
}

function label(text: string, field: HTMLElement): HTMLElement {
  const element = el("label", { class: "small actions" }, text);
  element.append(field);
  return element;
}
