/** The page /compare?a={id}&b={id}: what the second trace lacks, has more of, and is slower in. */
import { type JaegerTrace, readTrace, type Trace } from "@baton/trace-tree";
import { assignHues } from "../model/colour.ts";
import { alignTraces, isChanged, type Pair } from "../model/compare.ts";
import { formatAgo, formatCount, formatDuration } from "../model/format.ts";
import { readTraceId } from "../model/search-query.ts";
import type { TraceSummary } from "../model/trace-summary.ts";
import { explain, findData, getData } from "./api.ts";
import { describeComparison, renderPairs } from "./compare-table.ts";
import { byId, el } from "./dom.ts";
import { startPage } from "./page.ts";

const view = byId("compare", HTMLDivElement);
const form = byId("pair", HTMLFormElement);
const only = byId("only", HTMLInputElement);
const params = new URLSearchParams(location.search);
let pairs: readonly Pair[] = [];

startPage();
for (const name of ["a", "b"]) field(name).value = params.get(name) ?? "";
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const ids = ["a", "b"].map((name) => [name, field(name).value.trim()] as const).filter(([, id]) => id !== "");
  location.assign(`/compare?${new URLSearchParams(ids.map(([name, id]) => [name, readTraceId(id) ?? id]))}`);
});
only.addEventListener("change", show);
void load();

async function load(): Promise<void> {
  try {
    const [a, b] = await Promise.all(["a", "b"].map(findTrace));
    if (a && b) {
      pairs = alignTraces(a, b);
      say(describeComparison(a, b, pairs));
      show();
    } else {
      say("Two traces are needed");
      if (a) await suggest(a);
    }
  } catch (error) {
    say("Nothing to compare");
    view.replaceChildren(el("p", { class: "notice bad", role: "alert" }, explain(error)));
  }
}

async function findTrace(name: string): Promise<Trace | undefined> {
  const typed = params.get(name) ?? "";
  if (typed === "") return undefined;
  const id = readTraceId(typed);
  if (id === undefined) throw new Error(`${typed.slice(0, 60)} is not a trace id: it has 32 hex digits.`);
  const found = await findData<readonly JaegerTrace[]>(`/api/viewer/traces/${id}`);
  const [trace] = found?.map(readTrace) ?? [];
  if (!trace) throw new Error(`No span of ${id} is here. It may have made room for newer traces.`);
  return trace;
}

function show(): void {
  const hues = assignHues(pairs.flatMap(({ a, b }) => [a, b].flatMap((side) => side?.span.service ?? [])));
  view.replaceChildren(renderPairs(only.checked ? pairs.filter(isChanged) : pairs, hues));
}

/** Traces that began with the same operation. */
async function suggest({ traceId }: Trace): Promise<void> {
  const [own] = await getData<readonly TraceSummary[]>(`/api/viewer/traces?traceID=${traceId}`);
  if (!own) return;
  const query = new URLSearchParams({ service: own.service, operation: own.name, limit: "21" });
  const others = (await getData<readonly TraceSummary[]>(`/api/viewer/traces?${query}`)).filter(
    ({ id }) => id !== own.id,
  );
  const links = others.slice(0, 20).map(({ id, duration, spans, start }) => {
    const text = `${formatDuration(duration)}, ${formatCount(spans, "span")}, ${formatAgo(start, Date.now() * 1e3)}`;
    return el("li", {}, el("a", { href: `/compare?a=${own.id}&b=${id}` }, el("code", {}, id.slice(0, 8)), ` ${text}`));
  });
  const title =
    links.length === 0
      ? `No other trace of ${own.service} ${own.name} is here.`
      : `Compare with another ${own.service} ${own.name}:`;
  view.replaceChildren(el("div", { class: "card empty" }, el("p", {}, title), el("ul", { class: "others" }, ...links)));
}

function field(name: string): HTMLInputElement {
  const found = form.elements.namedItem(name);
  if (!(found instanceof HTMLInputElement)) throw new Error(`the form has no field ${name}`);
  return found;
}

function say(text: string): void {
  byId("summary", HTMLParagraphElement).textContent = text;
}
