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
    example: "03",
    means:
      "Two switches, added up. 1: this request is recorded, keep your spans. All services follow, so a trace is kept whole or not at all. 2: the trace id is random. 03 is both, 00 is neither.",
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
      {},
      el("strong", {}, "Why a trace breaks in two: "),
      "where the header does not arrive, or is not read, the next service knows neither the trace id nor the parent. It begins a trace of its own. Then one request has two traces, and neither shows the whole way.",
    ),
    el(
      "p",
      { class: "small muted" },
      "Other headers travel beside it. ",
      el("code", {}, "tracestate"),
      " carries notes of tracing systems, ",
      el("code", {}, "baggage"),
      " values of your own, ",
      el("code", {}, "grpc-timeout"),
      " how long the caller waits, and ",
      el("code", {}, "traceresponse"),
      " tells the caller which span has answered.",
    ),
  );
}
