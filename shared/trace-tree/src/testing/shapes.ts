/** Shapes of traces and the verdict on each: a test, and what `docs/verdicts.md` is made of. */
import { CUT_WARNING } from "../trace.ts";
import type { Grade } from "../verdict.ts";
import type { SampleSpan } from "./sample-trace.ts";

export interface Shape {
  readonly name: string;
  readonly spans: readonly SampleSpan[];
  readonly warnings?: readonly string[];
  readonly grade: Grade;
  readonly summary: string;
}

const SERVER: SampleSpan = { id: "1", name: "GET /", kind: "server", duration: 100 };
const CLIENT: SampleSpan = { id: "2", parent: "1", name: "Roll", kind: "client", duration: 50 };
const BACK: SampleSpan = { id: "3", parent: "2", service: "back", name: "Roll", kind: "server", start: 1010 };
const SEND: SampleSpan = { id: "2", parent: "1", name: "send", kind: "producer" };
const RECEIVE: SampleSpan = { id: "3", parent: "2", service: "mail", name: "receive", kind: "consumer", start: 1500 };

export const SHAPES: readonly Shape[] = [
  {
    name: "A call over two services",
    spans: [SERVER, CLIENT, BACK],
    grade: "joined",
    summary: "one root, no orphan, every hop joined: front -> back",
  },
  {
    name: "One service alone",
    spans: [SERVER, { id: "2", parent: "1", name: "work" }],
    grade: "joined",
    summary: "one root, no orphan, no hop: all in front",
  },
  {
    name: "A message",
    spans: [SERVER, SEND, RECEIVE],
    grade: "joined",
    summary: "one root, no orphan, every hop joined: front -> mail",
  },
  {
    name: "A client that is not instrumented",
    spans: [SERVER, { ...BACK, parent: "1" }],
    grade: "unusual",
    summary: "whole, with 1 hop without a CLIENT span: front -> back",
  },
  {
    name: "A call from an internal span",
    spans: [SERVER, { id: "2", parent: "1", name: "work" }, BACK],
    grade: "unusual",
    summary: "whole, with 1 hop without a CLIENT span: front -> back",
  },
  {
    name: "A client that is not instrumented, beside a database that is",
    spans: [SERVER, { ...CLIENT, name: "SELECT", duration: 5 }, { ...BACK, parent: "1" }],
    grade: "unusual",
    summary: "whole, with 1 hop without a CLIENT span: front -> back",
  },
  {
    name: "A sender of messages that is not instrumented",
    spans: [SERVER, { ...RECEIVE, parent: "1" }],
    grade: "unusual",
    summary: "whole, with 1 hop without a PRODUCER span: front -> mail",
  },
  {
    name: "Two services in one process",
    spans: [SERVER, { id: "2", parent: "1", service: "library", name: "compute" }],
    grade: "unusual",
    summary: "whole, with 1 hop without a SERVER span: front -> library",
  },
  {
    name: "A server that is not instrumented",
    spans: [SERVER, CLIENT, { id: "3", parent: "2", service: "back", name: "query", kind: "client" }],
    grade: "unusual",
    summary: "whole, with 1 hop without a SERVER span: front -> back",
  },
  {
    name: "A message whose consumer links to its producer",
    spans: [SERVER, SEND, { id: "3", service: "mail", name: "receive", kind: "consumer", start: 1500, links: ["t"] }],
    grade: "unusual",
    summary: "whole, with 1 linked root",
  },
  {
    name: "A caller whose spans go elsewhere",
    spans: [{ ...SERVER, parent: "9" }, CLIENT, BACK],
    grade: "unusual",
    summary: "whole, with 1 caller from outside: front -> back",
  },
  {
    name: "Zipkin's one span for both sides of a call",
    spans: [SERVER, CLIENT, { ...BACK, id: "2", parent: "1" }],
    grade: "unusual",
    summary: "whole, with 1 shared span id: front -> back",
  },
  {
    name: "The wrong span sent on",
    spans: [SERVER, CLIENT, { ...BACK, parent: "1" }],
    grade: "broken",
    summary: "1 hop not joined",
  },
  {
    name: "A caller's span that has not arrived",
    spans: [SERVER, BACK],
    grade: "broken",
    summary: "1 orphan",
  },
  {
    name: "A second root",
    spans: [SERVER, CLIENT, { id: "3", service: "back", name: "Roll", kind: "server" }],
    grade: "broken",
    summary: "2 roots",
  },
  {
    name: "Spans that are their own ancestors",
    spans: [SERVER, { id: "a", parent: "b" }, { id: "b", parent: "a" }],
    grade: "broken",
    summary: "1 circle",
  },
  {
    name: "Two spans with one id",
    spans: [SERVER, CLIENT, CLIENT],
    grade: "broken",
    summary: "1 duplicate span id",
  },
  {
    name: "A trace that the backend did not keep whole",
    spans: [SERVER, BACK],
    warnings: [`${CUT_WARNING}: it has reached the size that is kept of one trace.`],
    grade: "cut",
    summary: "cut: 2 spans of it are here",
  },
];
