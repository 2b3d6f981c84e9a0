import { expect, test } from "bun:test";
import { judge } from "./judge.ts";
import type { Measured } from "./measured.ts";
import type { PromiseId } from "./promises.ts";

const spans = { made: 100, received: 90, lost: { queue_full: 10 }, said: 10 };
const requests = { asked: 100, wrong: {} };
/** Before the fault, a fifth of the seconds were later than `noise`. */
const later = (median: number, low: number, noise = 0) => ({
  ...requests,
  later: { before: { median: 0, spread: [0, noise] as const }, during: { median, spread: [low, median] as const } },
});

test.each<readonly [string, PromiseId, Measured, boolean, string]>([
  ["right answers", 1, { requests }, true, "100 right"],
  ["a wrong answer", 1, { requests: { asked: 100, wrong: { "status 500": 1 } } }, false, "1 of 100: status 500"],
  ["half of the load", 1, { requests: { ...requests, due: 200 } }, true, "100 right"],
  ["less than half of it", 1, { requests: { ...requests, due: 202 } }, false, "only 100 of 202 were sent"],
  ["no request at all", 1, { requests: { asked: 0, wrong: {} } }, false, "0 right"],
  ["late in most seconds", 1, { requests: later(8, 6) }, false, "+8.0 ms (+6.0 to +8.0; before: +0.0 to +0.0)"],
  ["late in some seconds", 1, { requests: later(8, 1) }, true, "+8.0 ms (+1.0 to +8.0; before: +0.0 to +0.0)"],
  ["no later than before", 1, { requests: later(8, 6, 7) }, true, "+8.0 ms (+6.0 to +8.0; before: +0.0 to +7.0)"],
  [
    "without a comparison",
    1,
    { requests: later(Number.NaN, Number.NaN) },
    false,
    "+NaN ms (+NaN to +NaN; before: +0.0 to +0.0)",
  ],
  ["all counted", 2, { spans }, true, "100 = 90 + 10 queue_full"],
  ["one not counted", 2, { spans: { ...spans, received: 89 } }, false, "100 = 89 + 10 queue_full; 1 not accounted for"],
  ["one counted twice", 2, { spans: { ...spans, received: 91 } }, false, "100 = 91 + 10 queue_full; 1 counted twice"],
  [
    "an answer was lost",
    2,
    { spans: { made: 100, received: 91, lost: { timeout: 10 }, answersLost: true } },
    true,
    "100 = 91 + 10 timeout",
  ],
  [
    "an answer was lost, and a span that was never sent is received",
    2,
    { spans: { ...spans, received: 95, answersLost: true } },
    false,
    "100 = 95 + 10 queue_full; 5 received that were never sent",
  ],
  ["the log says less", 2, { spans: { ...spans, said: 9 } }, false, "100 = 90 + 10 queue_full; the log says 9"],
  ["the log cannot be read", 2, { spans: { made: 100, received: 100, lost: {} } }, true, "100 = 100"],
  ["no span at all", 2, { spans: { made: 0, received: 0, lost: {} } }, false, "0 = 0"],
  [
    "an hour long",
    2,
    { spans: { ...spans, impossible: 1 } },
    false,
    "100 = 90 + 10 queue_full; 1 with an impossible duration",
  ],
  ["all arrived", 3, { last: { ended: 4, arrived: 4, problems: [] } }, true, "4 of 4"],
  ["not all arrived", 3, { last: { ended: 4, arrived: 3, problems: [] } }, false, "3 of 4"],
  [
    "another exit code",
    3,
    { last: { ended: 4, arrived: 4, problems: ["exit codes 0"] } },
    false,
    "4 of 4; exit codes 0",
  ],
  ["an end in time", 4, { end: { ms: 3000, codes: [0, 0] } }, true, "3.00 s"],
  ["an end that takes too long", 4, { end: { ms: 3010, codes: [0, 0] } }, false, "3.01 s"],
  ["the exit code of the application", 4, { end: { ms: 10, codes: [7, 7], expected: [7] } }, true, "0.01 s"],
  ["another one", 4, { end: { ms: 10, codes: [0, 0], expected: [7] } }, false, "0.01 s; exit codes 0, 0"],
  ["an error that is not printed", 4, { end: { ms: 10, codes: [0], problems: ["silent"] } }, false, "0.01 s; silent"],
  ["a process that was killed", 4, { end: { ms: 10, codes: [0, null] } }, false, "0.01 s; exit codes 0, "],
  ["a little more memory", 5, { memory: { moreBytes: 1024 * 1024 } }, true, "+1.0 MB"],
  ["much more memory", 5, { memory: { moreBytes: 2 ** 28 } }, false, "+256.0 MB"],
  ["memory that grows", 5, { memory: { slope: { slope: 20, margin: 3 } } }, false, "20.0 ± 3.0 B/request"],
  [
    "a slope that says nothing",
    5,
    { memory: { slope: { slope: 9, margin: 26 } } },
    false,
    "9.0 ± 26.0 B/request: too few requests to tell",
  ],
  ["memory that does not grow", 5, { memory: { slope: { slope: 2, margin: 3 } } }, true, "2.0 ± 3.0 B/request"],
  ["a recovery in time", 6, { recovery: { ms: 4900 } }, true, "4.9 s"],
  ["a late recovery", 6, { recovery: { ms: 5100 } }, false, "5.1 s"],
  ["no recovery", 6, { recovery: { ms: Number.POSITIVE_INFINITY } }, false, "never"],
])("%s", (_, promise, measured, kept, found) => {
  expect(judge(promise, measured)).toEqual({ promise, kept, found });
});

test("what was not measured is not kept", () => {
  expect(([1, 2, 3, 4, 5, 6] as const).map((promise) => judge(promise, {}).kept)).toEqual(Array(6).fill(false));
});

test("the tests give things more time", () => {
  const measured = { end: { ms: 5000, codes: [] }, recovery: { ms: 9000 }, requests: later(8, 8) };
  expect(([1, 4, 6] as const).map((promise) => judge(promise, measured, 2).kept)).toEqual([true, true, true]);
});
