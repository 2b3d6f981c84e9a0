/** On the list of traces: opens a file that somebody saved, and forgets everything that is kept. */
import { tracePath } from "../model/search-query.ts";
import { explain, postData } from "./api.ts";
import { byId } from "./dom.ts";

export interface KeptOptions {
  /** Shows these traces of a file. */
  readonly onTraces: (traceIds: readonly string[]) => void;
  /** What is kept has changed. */
  readonly onChange: () => Promise<void>;
  readonly onFailure: (message: string) => void;
}

interface Imported {
  readonly traceIds: readonly string[];
  readonly logs: number;
  readonly series: number;
}

/** An address has no room for more. */
const MAX_SHOWN = 50;

export function wireKept(options: KeptOptions): void {
  wireFile(options);
  wireClear(options);
}

/** A file is chosen, or dropped onto the page. One that holds a single trace opens it. */
function wireFile({ onTraces, onChange, onFailure }: KeptOptions): void {
  const field = byId("file", HTMLInputElement);
  const take = async (file: File) => {
    try {
      const { traceIds, logs, series } = await postData<Imported>("/api/viewer/import", file);
      const only = traceIds.length === 1 ? tracePath(traceIds[0] ?? "") : undefined;
      if (only !== undefined) location.assign(only);
      else if (traceIds.length > 0) onTraces(traceIds.slice(0, MAX_SHOWN));
      else if (logs > 0 || series > 0) location.assign(logs > 0 ? "/logs" : "/metrics");
      else await onChange();
    } catch (error) {
      onFailure(`${file.name}: ${explain(error)}`);
    }
  };
  byId("open-file", HTMLButtonElement).addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    const [file] = field.files ?? [];
    if (file) void take(file);
    // The same file can be chosen again.
    field.value = "";
  });
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    const [file] = event.dataTransfer?.files ?? [];
    if (!file) return;
    event.preventDefault();
    void take(file);
  });
}

/** Asks again, in the same place: what is forgotten is gone. */
function wireClear({ onChange, onFailure }: KeptOptions): void {
  const clear = byId("clear", HTMLButtonElement);
  const usual = clear.textContent ?? "";
  let isAsked = false;
  const ask = (again: boolean) => {
    isAsked = again;
    clear.textContent = again ? "Forget all traces, logs and metrics?" : usual;
    clear.classList.toggle("danger", again);
  };
  clear.addEventListener("blur", () => ask(false));
  clear.addEventListener("keydown", ({ key }) => {
    if (key === "Escape") ask(false);
  });
  clear.addEventListener("click", async () => {
    if (!isAsked) return ask(true);
    ask(false);
    try {
      await postData("/api/viewer/clear");
      await onChange();
    } catch (error) {
      onFailure(explain(error));
    }
  });
}
