import { expect, test } from "bun:test";
import { buildTree } from "./build.ts";
import { type SampleSpan, sampleTrace } from "./testing/sample-trace.ts";
import { verdictOf } from "./verdict.ts";

const verdictOfSpans = (...spans: readonly SampleSpan[]) => verdictOf(buildTree(sampleTrace(...spans)));

const SERVER: SampleSpan = { id: "1", name: "GET /rolldice", kind: "server" };
const CLIENT: SampleSpan = { id: "2", parent: "1", name: "Roll", kind: "client" };
const BACK: SampleSpan = { id: "3", parent: "2", service: "back", name: "Roll", kind: "server" };

test("a complete trace over two services", () => {
  expect(verdictOfSpans(SERVER, CLIENT, BACK)).toEqual({
    grade: "joined",
    ok: true,
    summary: "one root, no orphan, every hop joined: front -> back",
    findings: [],
    problems: [],
    notes: [],
  });
});

test("calls that go on are one way, calls that branch are two, and the same call twice is said once", () => {
  const verdict = verdictOfSpans(
    SERVER,
    CLIENT,
    BACK,
    { ...CLIENT, id: "2b", start: 1001 },
    { ...BACK, id: "3b", parent: "2b" },
    { id: "4", parent: "3", service: "back", kind: "client" },
    { id: "5", parent: "4", service: "store", kind: "server" },
    { id: "6", parent: "1", kind: "producer", start: 2000 },
    { id: "7", parent: "6", service: "mail", kind: "consumer", start: 2000 },
  );
  expect(verdict.summary).toBe("one root, no orphan, every hop joined: front -> back -> store, front -> mail");
});

test("a trace within one service has no hop", () => {
  expect(verdictOfSpans(SERVER, { id: "2", parent: "1" })).toMatchObject({
    ok: true,
    summary: "one root, no orphan, no hop: all in front",
  });
});

test.each([
  ["no span", [], "no root", "The trace has no span."],
  [
    "a callee that started a trace of its own",
    [SERVER, CLIENT, { id: "3", service: "back", name: "Roll", kind: "server" } satisfies SampleSpan],
    "2 roots",
    "There are 2 roots instead of one: front: GET /rolldice (SERVER), back: Roll (SERVER).",
  ],
  [
    "a caller's span that never arrived",
    [SERVER, BACK],
    "1 orphan",
    "back: Roll (SERVER) is an orphan: its parent 2 is not in the trace.",
  ],
  [
    "the wrong span sent on",
    [SERVER, CLIENT, { ...BACK, parent: "1" }],
    "1 hop not joined",
    "back: Roll (SERVER) hangs under front: GET /rolldice (SERVER): between two services there must be a CLIENT span of the caller over a SERVER or CONSUMER span.",
  ],
  [
    "a circle",
    [SERVER, { id: "a", parent: "b" }, { id: "b", parent: "a" }],
    "1 circle",
    "front: a (INTERNAL) is its own ancestor.",
  ],
  ["an id used twice", [SERVER, CLIENT, CLIENT], "1 duplicate span id", "More than one span has the id 2."],
] satisfies readonly [string, readonly SampleSpan[], string, string][])("%s", (_name, spans, summary, problem) => {
  expect(verdictOfSpans(...spans)).toMatchObject({ ok: false, summary, problems: [problem] });
});

test("no root at all is said besides the orphans", () => {
  expect(verdictOfSpans(CLIENT, BACK)).toMatchObject({
    summary: "no root, 1 orphan",
    problems: ["No span is a root: each names a parent.", expect.stringContaining("is an orphan")],
  });
});

test("clocks that differ are a note and no fault", () => {
  const verdict = verdictOfSpans({ ...SERVER, start: 5000 }, { ...CLIENT, start: 5100 }, { ...BACK, start: 4000 });
  expect(verdict.ok).toBeTrue();
  expect(verdict.notes).toEqual([
    "back: Roll (SERVER) starts 1100 µs before its caller: the clocks of front and back differ.",
  ]);
});

test("names that would drive a terminal are written out in every sentence", () => {
  const evil = "\x1b[2J\u202e";
  const verdict = verdictOfSpans({ ...SERVER, name: evil, service: evil }, { ...BACK, name: evil, parent: evil });
  expect(JSON.stringify(verdict)).not.toMatch(/\\u001b|\u202e/);
  expect(verdict.problems[0]).toContain("\\x1b[2J\\u{202e}");
});
