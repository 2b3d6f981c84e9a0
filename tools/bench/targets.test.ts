import { expect, test } from "bun:test";
import { summarizeLatency } from "./latency.ts";
import type { BenchResult } from "./result.ts";
import { lineThrough } from "./statistics.ts";
import { checkTargets, MAX_RATIOS, renderVerdicts } from "./targets.ts";
import type { Work } from "./work.ts";

const measured = (...cpuPerRequest: number[]) => ({ cpuPerRequest, requestsPerSecond: 1, p50: 1, p99: 1, rss: 1 });
const counts = (made: number, received: number) => ({ requests: 1, bytes: 1, made, received, dropped: 0, failed: 0 });
const work = (cost: (amount: number) => number): Work => {
  const points = [1, 4, 16, 64].map((amount) => ({ amount, bare: 1, traced: 1, added: cost(amount) }));
  return { points, line: lineThrough(points.map(({ amount, added }) => ({ x: amount, y: added }))) };
};
const latency = (...ms: number[]) => summarizeLatency([{ round: 0, latencies: Float64Array.from(ms) }]);
const level = { slope: 0, margin: 1 };

/** All targets are met. */
const good: BenchResult = {
  date: "2026-11-28",
  machine: {},
  method: {},
  scenarios: Object.fromEntries(
    Object.keys(MAX_RATIOS).map((name) => [
      name,
      { bare: measured(100), traced: measured(140), unsampled: measured(110), disabled: measured(101) },
    ]),
  ),
  sink: { traced: counts(8, 8), work: counts(8, 8) },
  startUpMs: { source: 60, uncached: 100, bundle: 20 },
  latency: { requestsPerSecond: 100, variants: { bare: latency(1, 1, 1), traced: latency(1.1, 1.1, 1.1) } },
  work: { spans: work((amount) => 10 + 4 * amount), messages: work((amount) => 100 + 40 * amount) },
  soak: { bareRss: 100, traced: { rss: 130, slope: level } },
  outage: { rss: 100, slope: level, spans: { ...counts(8, 0), dropped: 3, failed: 5 } },
};

const missed = (result: BenchResult): string[] =>
  checkTargets(result)
    .filter(({ met }) => met === false)
    .map(({ target, found }) => `${target}: ${found}`);

test("a good run meets all targets, and each of them was judged", () => {
  expect(missed(good)).toEqual([]);
  expect(checkTargets(good).every(({ met }) => met === true)).toBe(true);
});

test("a missed target says by how much", () => {
  const faults: Partial<BenchResult>[] = [
    { scenarios: { ...good.scenarios, unary: { bare: measured(100), disabled: measured(110) } } },
    { latency: { requestsPerSecond: 100, variants: { bare: latency(1), traced: latency(3) } } },
    { work: { spans: work((amount) => amount ** 1.5), messages: work((amount) => amount) } },
    { sink: { traced: counts(8, 7), work: counts(8, 8) } },
    { sink: { traced: counts(8, 8), work: counts(8, 7) } },
    { startUpMs: { source: 75, uncached: 100, bundle: 20 } },
    { soak: { bareRss: 100, traced: { rss: 150, slope: { slope: 3, margin: 1 } } } },
    { outage: { rss: 100, slope: level, spans: counts(8, 7) } },
  ];
  expect(faults.flatMap((fault) => missed({ ...good, ...fault }))).toEqual([
    "unary, disabled: at most 1.02 of the bare pair's processor time: 1.100, 0.080 too much",
    "latency at a third of the highest load: tracing adds at most 0.2 ms to p50: 2.00 ms, 1.80 ms too much",
    "latency at a third of the highest load: tracing adds at most 1 ms to p99: 2.00 ms, 1.00 ms too much",
    "spans: the cost grows by a constant, at most 5 % of the largest from a line: 7.5 %, 2.5 % too much",
    "traced: no span lost at the highest load: 8 made, 7 received, 0 dropped",
    "spans: the cost grows by a constant, at most 5 % of the largest from a line: 7 of 8 spans were received",
    "messages: the cost grows by a constant, at most 5 % of the largest from a line: 7 of 8 spans were received",
    "import and start of telemetry in at most 60 ms: 75 ms, 15 ms too much, from source; 100 ms before Bun has cached it, 20 ms bundled",
    "traced: RSS at most 1.3 of the bare pair's: 1.50, 0.20 too much",
    "traced: RSS does not keep growing: 3.0 ± 1.0 bytes a request",
    "backend away: every lost span is counted: 8 made, 7 received, 0 dropped for a full queue, 0 given up",
  ]);
});

test("what was not measured is neither met nor missed", () => {
  const { latency, work, soak, outage, ...short } = good;
  expect(renderVerdicts(checkTargets(short))).toEndWith("11 targets met, 0 missed, 8 not measured");
});
