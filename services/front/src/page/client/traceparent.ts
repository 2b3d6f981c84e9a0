/** The four parts of `traceparent`, explained. @see https://www.w3.org/TR/trace-context/#traceparent-header */
import { el } from "@baton/viewer/page";

export interface Part {
  readonly key: "version" | "trace" | "parent" | "flags";
  readonly name: string;
  readonly example: string;
  readonly means: string;
}

export const partsOfTraceparent: readonly Part[] = [
  {
    key: "version",
    name: "version",
    example: "00",
    means: "How to read the rest. It is 00 everywhere today.",
  },
  {
    key: "trace",
    name: "trace id",
    example: "4bf92f3577b34da6a3ce929d0e0e4736",
    means:
      "Which request this is. Made once, at the start, and passed on unchanged by everybody. All spans with this id are one trace.",
  },
  {
    key: "parent",
    name: "parent id",
    example: "00f067aa0ba902b7",
    means:
      "Which span is calling. Each service puts the id of its own span here before it calls the next one. The next span becomes the child of this one: that makes the tree.",
  },
  {
    key: "flags",
    name: "flags",
    example: "01",
    means:
      "Whether it is recorded. 01: yes, keep your spans. 00: no. All services follow, so a trace is kept whole or not at all.",
  },
];

/** For a person who has never heard of it. */
export function renderExplanation(): HTMLElement {
  return el(
    "div",
    { class: "explain card" },
    el(
      "p",
      {},
      "A service that calls another one sends a header along: ",
      el("code", {}, "traceparent"),
      ". It is one line of four parts.",
    ),
    el(
      "dl",
      { class: "parts" },
      ...partsOfTraceparent.map(({ key, name, example, means }) =>
        el(
          "div",
          { class: `part-card ${key}` },
          el("dt", {}, el("code", {}, example), el("strong", {}, name)),
          el("dd", { class: "small" }, means),
        ),
      ),
    ),
    el(
      "p",
      { class: "small muted" },
      "When the header does not arrive, the next service knows neither the trace id nor the parent. It begins a trace of its own: one request, two traces. ",
      el("code", {}, "tracestate"),
      " carries notes of vendors, ",
      el("code", {}, "baggage"),
      " values of your own, ",
      el("code", {}, "grpc-timeout"),
      " how long the caller waits, and ",
      el("code", {}, "traceresponse"),
      " tells the caller which span has answered.",
    ),
  );
}
