/** The wire: what travelled on each hop of a trace, cut into its parts. */
import type { Capture, Hop, Span, TraceparentParts, WireField } from "@baton/trace-tree";
import { el } from "@baton/viewer/page";
import { partsOfTraceparent } from "./traceparent.ts";

export interface WireOptions {
  readonly hops: readonly Hop[];
  /** The spans of all traces that are shown, so that an id can be named. */
  readonly spans: readonly Span[];
  readonly hues: ReadonlyMap<string, number>;
}

export function renderWire({ hops, spans, hues }: WireOptions): HTMLElement {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return el(
    "ol",
    { class: "wire" },
    ...hops.map((hop, index) => renderHop(hop, index, changesFrom(hop, hops), byId, hues)),
  );
}

type Context = readonly [byId: ReadonlyMap<string, Span>, hues: ReadonlyMap<string, number>];

function renderHop(hop: Hop, index: number, changes: string, ...[byId, hues]: Context): HTMLElement {
  const { from, to, protocol, headers } = hop;
  return el(
    "li",
    { class: "hop card" },
    el(
      "header",
      { class: "hop-head" },
      el("h3", {}, `Hop ${index + 1}`),
      renderEnd(from, "the caller, which sent no span", hues),
      el("span", { class: "arrow muted small" }, `${protocol === "unknown" ? "" : `${protocol} `}→`),
      renderEnd(to, isOfProducer(hop) ? "no consumer in this trace" : "nobody: no span was found", hues),
    ),
    headers.length === 0
      ? el("p", { class: "muted small" }, emptyText(hop))
      : el("ul", { class: "fields" }, ...headers.map((field) => renderField(field, byId, hues))),
    changes !== "" && el("p", { class: "small changes" }, changes),
    el("p", { class: "small made" }, ...madeOf(hop, byId)),
  );
}

/** What the sender changed in `traceparent` since it received one. */
function changesFrom({ from, headers }: Hop, hops: readonly Hop[]): string {
  const sent = traceparentOf(headers, "left");
  const before = hops.find(({ to }) => to !== undefined && to.service === from?.service && to.spanId === from.parentId);
  const received = before && traceparentOf(before.headers, "arrived");
  if (from === undefined || sent === undefined || received === undefined) return "";
  const trace = sent.traceId === received.traceId ? "kept the trace id" : "changed the trace id";
  const parent =
    sent.parentId === received.parentId ? "kept the parent id" : "put its own span id in the place of the parent id";
  return `${from.service} ${trace} and ${parent}.`;
}

function traceparentOf(headers: readonly WireField[], side: "left" | "arrived"): TraceparentParts | undefined {
  return headers.find(({ name }) => name === "traceparent")?.[side].parts[0];
}

function emptyText({ from }: Hop): string {
  return from === undefined
    ? "Nothing that carries a trace came with this request, so the trace begins here."
    : "Not captured: the spans at both ends carry no headers.";
}

function renderEnd(span: Span | undefined, absent: string, hues: ReadonlyMap<string, number>): HTMLElement {
  if (span === undefined) return el("span", { class: "end muted small" }, absent);
  return el(
    "span",
    { class: `end hue-${hues.get(span.service) ?? 0}` },
    el("span", { class: "service" }, span.service),
    el("span", { class: "kind" }, `${span.kind} span`),
    el("code", { class: "span-id" }, span.spanId),
  );
}

/** A message may be consumed in another trace, with a link. */
function isOfProducer({ from }: Hop): boolean {
  return from?.kind === "producer";
}

/** What the other side did with the header. */
function madeOf(hop: Hop, byId: ReadonlyMap<string, Span>): readonly (Node | string)[] {
  const { from, to, joinedBy } = hop;
  if (to === undefined && isOfProducer(hop)) {
    return ["No child of it is in this trace. A consumer that links to it begins a trace of its own."];
  }
  if (to === undefined) return ["No span of the other side was found."];
  const made = [`${to.service} made the span `, el("code", {}, to.spanId)];
  if (to.parentId === undefined) return [...made, ". It has no parent: it begins a trace."];
  const parent = byId.get(to.parentId);
  const named = parent === undefined ? "a span that nobody has sent" : `the ${parent.kind} span of ${parent.service}`;
  const joined = from !== undefined && joinedBy !== "parent" ? " That is not the span that called." : "";
  return [...made, ", a child of ", el("code", {}, to.parentId), `: ${named}.${joined}`];
}

const changeText: Readonly<Record<WireField["change"], string>> = {
  same: "left and arrived alike",
  changed: "changed on the way",
  dropped: "dropped on the way",
  added: "added on the way",
  unknown: "seen on one side only",
};

const changeMark: Readonly<Record<WireField["change"], string>> = {
  same: "good",
  changed: "warn",
  dropped: "bad",
  added: "warn",
  unknown: "",
};

function renderField({ name, left, arrived, change }: WireField, ...[byId, hues]: Context): HTMLElement {
  const isBack = name === "traceresponse";
  if (left.state !== "captured" && arrived.state !== "captured") return renderMissing(name, left.state, arrived.state);
  // The answer names the span that answered, and not a parent.
  const idName = isBack ? "span id" : "parent id";
  const sides =
    change === "same"
      ? [renderCapture("", left, "", byId, hues, idName)]
      : [
          renderCapture(isBack ? "answered" : "left", left, change === "dropped" ? "dropped" : "", byId, hues, idName),
          renderCapture(
            "arrived",
            arrived,
            change === "added" || change === "changed" ? "new" : "",
            byId,
            hues,
            idName,
          ),
        ];
  return el(
    "li",
    { class: `field ${change}` },
    el(
      "p",
      { class: "field-name" },
      el("code", {}, isBack ? `← ${name}` : name),
      el("span", { class: `mark ${changeMark[change]}` }, changeText[change]),
    ),
    ...sides,
  );
}

/** Neither side has it. */
function renderMissing(name: string, ...states: readonly Capture["state"][]): HTMLElement {
  const text = states.includes("absent") ? "not sent: a trace begins here" : "not captured on either side";
  return el(
    "li",
    { class: "field" },
    el("p", { class: "field-name" }, el("code", {}, name), el("span", { class: "muted small" }, text)),
  );
}

type Naming = readonly [...Context, idName: string];

function renderCapture(label: string, { state, values, parts }: Capture, is: string, ...context: Naming): HTMLElement {
  const shown =
    state !== "captured"
      ? [el("span", { class: "muted small" }, state === "absent" ? "not there" : "not captured")]
      : values.map((value, index) => renderValue(value, parts[index], is === "dropped", ...context));
  return el(
    "div",
    { class: `capture ${is}` },
    label !== "" && el("span", { class: "muted small side" }, label),
    el("div", { class: "capture-values" }, ...shown),
  );
}

function renderValue(
  value: string,
  parts: TraceparentParts | undefined,
  isDropped: boolean,
  ...context: Naming
): HTMLElement {
  const content = parts === undefined ? el("code", {}, value) : renderParts(parts, ...context);
  // Said by the element too, not only by its looks.
  return isDropped ? el("del", {}, content) : content;
}

/** Version, trace id, parent id and flags. The parent id has the colour of the service whose span it names. */
function renderParts(parts: TraceparentParts, ...[byId, hues, idName]: Naming): HTMLElement {
  const owner = byId.get(parts.parentId);
  const hue = owner === undefined ? "" : ` hue-${hues.get(owner.service) ?? 0}`;
  const nameOfId = owner === undefined ? idName : `${idName}: ${owner.service}`;
  const values = [parts.version, parts.traceId, parts.parentId, parts.flags + (parts.rest && ` ${parts.rest}`)];
  return el(
    "div",
    { class: "traceparent" },
    el(
      "div",
      { class: "pieces" },
      ...partsOfTraceparent.map(({ key, name }, index) =>
        el(
          "span",
          { class: `piece ${key}${key === "parent" ? hue : ""}` },
          el("code", {}, values[index] || "?"),
          el("span", { class: "piece-name" }, key === "parent" ? nameOfId : name),
        ),
      ),
    ),
    ...parts.problems.map((problem) => el("p", { class: "small problem" }, `✗ ${problem}`)),
  );
}
