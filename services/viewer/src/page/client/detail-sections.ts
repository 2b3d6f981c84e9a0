/** The sections of the panel: attributes, events, links, resource, scope and ids. */
import { formatCount } from "../model/format.ts";
import { tracePath } from "../model/search-query.ts";
import type { DetailEvent, DetailLink, DetailValue, SpanDetails } from "../model/span-details.ts";
import { describeDropped, describeFlags } from "../model/span-flags.ts";
import { button, el } from "./dom.ts";
import { offset, renderValues, type Value, wholeValue } from "./values.ts";

type LoadWhole = () => Promise<SpanDetails>;
/** Where in the details of a span a list of values stands. */
type Where = (details: SpanDetails) => readonly DetailValue[] | undefined;

/** @param start When the trace began, in microseconds. */
export function renderDetails(details: SpanDetails, start: number, loadWhole: LoadWhole): readonly Node[] {
  const values = (title: string, where: Where) => renderValues(title, toValues(where, details, loadWhole));
  const { attributes, events, links, linkedFrom, scope } = details;
  const left = describeDropped(details);
  return [
    ...(left === "" ? [] : [el("p", { class: "notice warn" }, left)]),
    ...section("Attributes", attributes.length, () => values("Attributes", (from) => from.attributes)),
    ...section("Events", events.length, () => renderEvents(events, start, values)),
    ...section("Links", links.length, () => renderLinks(links, values)),
    ...section("Linked from", linkedFrom.length, () => renderBacklinks(details)),
    ...section("Resource", 1, () => values("Resource", (from) => from.resource)),
    ...section("Scope", scope.name === "" && scope.attributes.length === 0 ? 0 : 1, () =>
      el(
        "div",
        {},
        el("p", { class: "mono small" }, [scope.name, scope.version].filter(Boolean).join(" ")),
        scope.attributes.length > 0 && values("Scope", (from) => from.scope.attributes),
      ),
    ),
    ...section("Identity", 1, () => renderValues("Identity", readIdentity(details))),
  ];
}

/** All long values of a span come with one request, which is made when the first of them is wanted. */
function toValues(where: Where, details: SpanDetails, loadWhole: LoadWhole): readonly Value[] {
  return (where(details) ?? []).map(({ key, text, length }, index) => ({
    key,
    text,
    length,
    load: async () => (text.length === length ? text : (where(await loadWhole())?.[index]?.text ?? text)),
  }));
}

function section(title: string, count: number, render: () => HTMLElement): readonly HTMLElement[] {
  return count === 0 ? [] : [el("h3", {}, title), render()];
}

// A span may have thousands.
const SHOWN = 100;

function renderSome<Item>(
  tag: "ol" | "ul",
  name: string,
  items: readonly Item[],
  render: (item: Item, index: number) => HTMLElement,
) {
  const list = el(tag, { class: name }, ...items.slice(0, SHOWN).map(render));
  const rest = items.slice(SHOWN);
  if (rest.length > 0) {
    const more = button(`Show ${formatCount(rest.length, "more", "more")}`, { class: "quiet small" }, () =>
      last.replaceWith(...rest.map((item, index) => render(item, SHOWN + index))),
    );
    const last = el("li", {}, more);
    list.append(last);
  }
  return list;
}

function renderEvents(
  events: readonly DetailEvent[],
  start: number,
  values: (title: string, where: Where) => HTMLElement,
): HTMLElement {
  return renderSome("ol", "events", events, ({ name, timeMicros, attributes }, index) =>
    el(
      "li",
      {},
      el("span", { class: "when number" }, offset(timeMicros, start)),
      el("strong", {}, name),
      attributes.length > 0 && values(`Attributes of ${name}`, (from) => from.events[index]?.attributes),
    ),
  );
}

function renderLinks(links: readonly DetailLink[], values: (title: string, where: Where) => HTMLElement): HTMLElement {
  return renderSome("ul", "links", links, ({ traceId, spanId, attributes }, index) =>
    el(
      "li",
      {},
      linkTo(traceId, spanId, `trace ${traceId} · span ${spanId}`),
      attributes.length > 0 && values("Attributes of the link", (from) => from.links[index]?.attributes),
    ),
  );
}

function renderBacklinks({ linkedFrom }: SpanDetails): HTMLElement {
  return renderSome("ul", "links", linkedFrom, ({ traceId, spanId, service, name }) =>
    el("li", {}, linkTo(traceId, spanId, `${service} ${name}`)),
  );
}

function linkTo(traceId: string, spanId: string, label: string): HTMLElement {
  const href = tracePath(traceId, spanId);
  return href === undefined ? el("span", { class: "mono" }, label) : el("a", { class: "mono", href }, label);
}

function readIdentity({ spanId, parentSpanId, traceState, flags }: SpanDetails): readonly Value[] {
  const pairs = [
    ["span id", spanId],
    ["parent id", parentSpanId],
    ["trace state", traceState],
    ["flags", describeFlags(flags)],
  ] as const;
  return pairs.filter(([, value]) => value !== "").map(([key, value]) => wholeValue(key, value));
}
