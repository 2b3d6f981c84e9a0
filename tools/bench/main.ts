/** `bun run bench`: what telemetry costs front and back, compared with no telemetry and with other packages. */
import { mkdir } from "node:fs/promises";
import { renderChart } from "./chart.ts";
import { measureRounds } from "./measure.ts";
import { type BenchOptions, type LongRun, readOptions, USAGE } from "./options.ts";
import { type Pair, startPair } from "./pair.ts";
import { mergePairs, type Scenarios, sumCounts } from "./pairs.ts";
import { installPeers } from "./peers.ts";
import { createProgress, type Progress, renderAgainst, renderTable, renderVerdicts } from "./report.ts";
import { type BenchResult, describeMachine } from "./result.ts";
import { SCENARIOS, UNARY } from "./scenarios.ts";
import { type Sink, startSink } from "./sink-process.ts";
import { type Outage, runSoak } from "./soak.ts";
import { measureStartUp } from "./startup.ts";
import { checkTargets } from "./targets.ts";
import { createBefore, createOutage, createVariants, type Variant } from "./variants.ts";

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.log(USAGE);
else process.exitCode = await bench(options);

async function bench(options: BenchOptions): Promise<number> {
  const sink = await startSink();
  const pairs: Pair[] = [];
  try {
    if (chosen(sink, 1, options).some(({ isPeer }) => isPeer)) await installPeers();
    const result = await measureAll(options, sink, pairs);
    await write(result, options.out);
    const verdicts = checkTargets(result);
    const parts = [renderTable(result), ...(options.against ? [renderAgainst(result)] : []), renderVerdicts(verdicts)];
    console.log(`${parts.join("\n\n")}\n\n${options.out}/result.json and chart.svg`);
    return options.check && verdicts.some(({ met }) => met === false) ? 1 : 0;
  } finally {
    await stopAll(pairs);
    sink.stop();
  }
}

async function stopAll(pairs: Pair[]): Promise<void> {
  await Promise.all(pairs.splice(0).map((pair) => pair.stop()));
}

function chosen(sink: Sink, pair: number, { only, against }: BenchOptions): Variant[] {
  return [
    ...createVariants(sink.url, pair),
    ...(against === undefined ? [] : createBefore(sink.url, pair, against)),
  ].filter(({ name, base = name }) => name === "bare" || only.length === 0 || only.includes(base));
}

async function measureAll(options: BenchOptions, sink: Sink, running: Pair[]): Promise<BenchResult> {
  const variants = chosen(sink, 1, options);
  const progress = createProgress(totalRequests(variants, options));
  progress.say("start-up");
  const startUpMs = await measureStartUp(`${sink.url}startup`);
  const found: Scenarios[] = [];
  for (let pair = 1; pair <= options.pairs; pair++) {
    for (const variant of chosen(sink, pair, options)) running.push(await startPair(variant));
    found.push(await measureScenarios(running, variants, options, progress));
    // Ended before counting: the services send their last spans and their totals when they end.
    await stopAll(running);
  }
  const counts = await sink.counts();
  const soak = options.soak ? await measureMemory(variants, options.soak, options, progress, running) : undefined;
  const outage = options.outage ? await measureOutage(sink, options.outage, options, progress, running) : undefined;
  progress.end();
  const { pairs, rounds, requests, warmUp, connections } = options;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    method: { pairs, rounds, requests, warmUp, connections },
    scenarios: mergePairs(found),
    sink: sumCounts(
      variants.map(({ name }) => name),
      counts,
      options.pairs,
    ),
    startUpMs,
    ...(soak ? { soak } : {}),
    ...(outage ? { outage } : {}),
  };
}

async function measureScenarios(
  pairs: readonly Pair[],
  variants: readonly Variant[],
  options: BenchOptions,
  progress: Progress,
): Promise<Scenarios> {
  const found: Scenarios = {};
  for (const scenario of SCENARIOS) {
    progress.say(scenario.name);
    const taking = pairs.filter(({ name }) => scenario === UNARY || !variants.find((one) => one.name === name)?.isPeer);
    const measured = await measureRounds(taking, {
      scenario,
      rounds: options.rounds,
      requests: Math.ceil(options.requests * scenario.share),
      warmUp: Math.ceil(options.warmUp * scenario.share),
      connections: options.connections,
      onProgress: progress.add,
    });
    found[scenario.name] = Object.fromEntries(measured);
  }
  return found;
}

async function measureMemory(
  variants: readonly Variant[],
  run: LongRun,
  { connections }: BenchOptions,
  progress: Progress,
  pairs: Pair[],
): Promise<BenchResult["soak"]> {
  progress.say("memory");
  for (const variant of variants) {
    if (variant.name === "bare" || variant.name === "traced") pairs.push(await startPair(variant));
  }
  const found = await runSoak(pairs, { ...run, connections, onProgress: progress.add });
  await stopAll(pairs);
  return Object.fromEntries(found);
}

async function measureOutage(
  sink: Sink,
  run: LongRun,
  { connections }: BenchOptions,
  progress: Progress,
  pairs: Pair[],
): Promise<Outage> {
  progress.say("backend away");
  const outage = createOutage(sink.url);
  const pair = await startPair(outage);
  pairs.push(pair);
  const found = await runSoak([pair], { ...run, connections, onProgress: progress.add });
  await stopAll(pairs);
  const memory = found.get(pair.name);
  const spans = sumCounts([outage.name], await sink.counts(), 1)[outage.name];
  if (memory === undefined || spans === undefined)
    throw new Error("the pair without a backend sent no totals of its spans");
  return { ...memory, spans };
}

function totalRequests(
  variants: readonly Variant[],
  { pairs, rounds, requests, warmUp, soak, outage }: BenchOptions,
): number {
  const own = variants.filter(({ isPeer }) => !isPeer).length;
  const perVariant = rounds * requests + warmUp;
  const shares = SCENARIOS.map((scenario) => scenario.share * (scenario === UNARY ? variants.length : own));
  return (
    pairs * shares.reduce((sum, share) => sum + share * perVariant, 0) +
    (soak ? 2 * (soak.before + soak.during) : 0) +
    (outage ? outage.before + outage.during : 0)
  );
}

async function write(result: BenchResult, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Bun.write(`${folder}/result.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  await Bun.write(`${folder}/chart.svg`, renderChart(result));
}
