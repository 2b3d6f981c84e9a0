/** One run of the benchmark: all its phases, one after the other. */
import { type LatencyRun, latencySeconds, measureLatency, type Slice, summarizeLatency } from "./latency.ts";
import { measureRounds } from "./measure.ts";
import type { BenchOptions, LongRun } from "./options.ts";
import { type Pair, startPair } from "./pair.ts";
import { mergePairs, type Scenarios, sumCounts } from "./pairs.ts";
import { createProgress, type Progress } from "./progress.ts";
import { type BenchResult, describeMachine } from "./result.ts";
import { SCENARIOS, UNARY } from "./scenarios.ts";
import type { Sink } from "./sink-process.ts";
import { followMemory, type Outage, runSoak } from "./soak.ts";
import { measureStartUp } from "./startup.ts";
import { createBefore, createOutage, createVariants, createWorkVariants, type Variant, WORK } from "./variants.ts";
import { countRequests, measureWork, WORK_KINDS, type Work, type WorkKind } from "./work.ts";

/** What every phase needs. */
interface Run {
  readonly options: BenchOptions;
  readonly sink: Sink;
  readonly progress: Progress;
  /** The pairs that run now. Whoever ends the run early stops them. */
  readonly running: Pair[];
}

/** @param running Gets the pairs while they run, so that the caller can stop them after an error. */
export async function measureAll(options: BenchOptions, sink: Sink, running: Pair[]): Promise<BenchResult> {
  const variants = chosen(sink, 1, options);
  const withWork = options.against === undefined && variants.some(({ name }) => name === "traced");
  const run: Run = { options, sink, running, progress: createProgress(countPhases(options, withWork)) };
  run.progress.phase("start-up", 1);
  const startUpMs = await measureStartUp(`${sink.url}startup`);
  const { scenarios, latency } = await measurePairs(run);
  const work = withWork ? await measureAllWork(run) : undefined;
  const senders = [...variants.map(({ name }) => name), WORK];
  const counts = sumCounts(senders, await sink.counts(), options.pairs);
  const soak = options.soak && (await measureMemory(run, variants, options.soak));
  const outage = options.outage && (await measureOutage(run, options.outage));
  run.progress.end();
  const { pairs, rounds, requests, warmUp, connections } = options;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    method: { pairs, rounds, requests, warmUp, connections, latencySeconds: options.latencySeconds },
    scenarios,
    sink: counts,
    startUpMs,
    ...(latency && { latency }),
    ...(work && { work }),
    ...(soak && { soak }),
    ...(outage && { outage }),
  };
}

export async function stopAll(running: Pair[]): Promise<void> {
  await Promise.all(running.splice(0).map((pair) => pair.stop()));
}

function countPhases({ pairs, latencySeconds, soak, outage }: BenchOptions, withWork: boolean): number {
  const eachPair = SCENARIOS.length + (latencySeconds > 0 ? 1 : 0);
  return 1 + pairs * eachPair + (withWork ? WORK_KINDS.length : 0) + (soak ? 1 : 0) + (outage ? 1 : 0);
}

function chosen(sink: Sink, pair: number, { only, against }: BenchOptions): Variant[] {
  return [
    ...createVariants(sink.url, pair),
    ...(against === undefined ? [] : createBefore(sink.url, pair, against)),
  ].filter(({ name, base = name }) => name === "bare" || only.length === 0 || only.includes(base));
}

async function start({ running }: Run, variants: readonly Variant[]): Promise<void> {
  for (const variant of variants) running.push(await startPair(variant));
}

/** The scenarios and the latency, with several pairs of each variant one after the other. */
async function measurePairs(run: Run): Promise<{ readonly scenarios: Scenarios; readonly latency?: LatencyRun }> {
  const { options, sink, running } = run;
  const found: Scenarios[] = [];
  const slices = new Map<string, Slice[]>();
  // A third of the bare pair's highest load, found with its first pair.
  let requestsPerSecond = 0;
  for (let pair = 1; pair <= options.pairs; pair++) {
    const variants = chosen(sink, pair, options);
    const which = `pair ${pair} of ${options.pairs}`;
    await start(run, variants);
    const scenarios = await measureScenarios(run, variants, which);
    found.push(scenarios);
    requestsPerSecond ||= Math.round((scenarios[UNARY.name]?.bare?.requestsPerSecond ?? 0) / 3);
    if (options.latencySeconds > 0) await measureEasyLoad(run, variants, which, requestsPerSecond, slices);
    // Ended before counting: the services send their last spans and their totals when they end.
    await stopAll(running);
  }
  const variants = Object.fromEntries([...slices].map(([name, all]) => [name, summarizeLatency(all)]));
  return { scenarios: mergePairs(found), ...(slices.size > 0 && { latency: { requestsPerSecond, variants } }) };
}

async function measureScenarios(
  { options, progress, running }: Run,
  variants: readonly Variant[],
  which: string,
): Promise<Scenarios> {
  const found: Scenarios = {};
  const own = withoutPeers(running, variants);
  for (const scenario of SCENARIOS) {
    const taking = scenario === UNARY ? running : own;
    progress.phase(`${scenario.name}, ${which}`, taking.length * requestsOf(options) * scenario.share);
    found[scenario.name] = Object.fromEntries(
      await measureRounds(taking, { ...options, scenario, onProgress: progress.add }),
    );
  }
  return found;
}

const requestsOf = ({ rounds, requests, warmUp }: BenchOptions): number => rounds * requests + warmUp;

function withoutPeers(pairs: readonly Pair[], variants: readonly Variant[]): Pair[] {
  return pairs.filter(({ name }) => !variants.find((one) => one.name === name)?.isPeer);
}

async function measureEasyLoad(
  { options, progress, running }: Run,
  variants: readonly Variant[],
  which: string,
  requestsPerSecond: number,
  slices: Map<string, Slice[]>,
): Promise<void> {
  // The load is that of Bun's bare pair, so pairs on other runtimes are not part of it.
  const names = variants.filter(({ command }) => command === undefined).map(({ name }) => name);
  const judged = new Set(variants.filter(({ isJudged }) => isJudged).map(({ name }) => name));
  const plan = { requestsPerSecond, seconds: options.latencySeconds / options.pairs, judged };
  progress.phase(`latency at ${requestsPerSecond} requests/s, ${which}`, latencySeconds(names, plan));
  const taking = running.filter(({ name }) => names.includes(name));
  await measureLatency(taking, slices, { ...plan, onProgress: progress.add });
}

async function measureAllWork(run: Run): Promise<Record<WorkKind, Work>> {
  const { options, progress, running, sink } = run;
  await start(run, createWorkVariants(sink.url));
  const found: [WorkKind, Work][] = [];
  for (const kind of WORK_KINDS) {
    progress.phase(`cost of ${kind}`, running.length * countRequests(kind, options));
    found.push([kind, await measureWork(running, kind, { ...options, onProgress: progress.add })]);
  }
  await stopAll(running);
  return Object.fromEntries(found) as Record<WorkKind, Work>;
}

/** The bare pair only shows how much memory the services use. */
async function measureMemory(run: Run, variants: readonly Variant[], long: LongRun): Promise<BenchResult["soak"]> {
  const { options, progress, running } = run;
  const both = variants.filter(({ name }) => name === "bare" || name === "traced");
  progress.phase("memory", 2 * long.before + long.during);
  await start(run, both);
  const [bare, traced] = running;
  const load = { connections: options.connections, onProgress: progress.add };
  const settled = bare && (await followMemory(bare, { ...load, requests: long.before })).at(-1)?.y;
  const found = traced && (await runSoak(traced, long.before, { ...load, requests: long.during }));
  await stopAll(running);
  return settled === undefined || found === undefined ? undefined : { bareRss: settled, traced: found };
}

async function measureOutage(run: Run, { before, during }: LongRun): Promise<Outage> {
  const { options, sink, progress, running } = run;
  const outage = createOutage(sink.url);
  progress.phase("backend away", before + during);
  const pair = await startPair(outage);
  running.push(pair);
  const load = { connections: options.connections, onProgress: progress.add };
  const memory = await runSoak(pair, before, { ...load, requests: during });
  await stopAll(running);
  const spans = sumCounts([outage.name], await sink.counts(), 1)[outage.name];
  if (spans === undefined) throw new Error("the pair without a backend sent no totals of its spans");
  return { ...memory, spans };
}
