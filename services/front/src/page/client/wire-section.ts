/** Section 2: the wire of the trace that was sent last. */
import { type Trace, wireOf } from "@baton/trace-tree";
import { assignHues, el } from "@baton/viewer/page";
import { withBrowser } from "./browser-hop.ts";
import type { Answer } from "./send.ts";
import { renderExplanation } from "./traceparent.ts";
import { renderWire } from "./wire.ts";

export interface WireSection {
  readonly element: HTMLElement;
  readonly show: (title: string, traces: readonly Trace[], answer: Answer) => void;
}

export function createWireSection(): WireSection {
  const body = el("div", { class: "wire-body" }, el("p", { class: "card hint muted" }, "Send a request first."));
  return {
    element: el("div", { class: "wire-section" }, renderExplanation(), body),
    show: (title, traces, answer) => {
      body.replaceChildren(
        el("h3", { class: "wire-title" }, `The wire of: ${title}`),
        renderWireOf(traces, [], answer),
      );
    },
  };
}

/**
 * @param traces The first is the one of the answer; the other end of a broken hop may be in another one.
 * @param healthy Traces that show which headers each service captures.
 */
export function renderWireOf(traces: readonly Trace[], healthy: readonly Trace[], answer: Answer): HTMLElement {
  const [trace, ...others] = traces;
  if (trace === undefined) return el("p", { class: "muted" }, "No span has arrived.");
  const spans = traces.flatMap((each) => each.spans);
  const hues = assignHues([...new Set(spans.map(({ service }) => service))]);
  const hops = withBrowser(wireOf(trace, [...others, ...healthy]), answer);
  if (hops.length === 0) return el("p", { class: "muted" }, "This trace stays in one service: nothing travelled.");
  return renderWire({ hops, spans, hues });
}
