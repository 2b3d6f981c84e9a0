/** `bun run bench`: what telemetry costs front and back, compared with no telemetry and with other packages. */
import { mkdir } from "node:fs/promises";
import { renderChart } from "./chart.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import type { Pair } from "./pair.ts";
import { installPeers } from "./peers.ts";
import { renderResult } from "./report.ts";
import type { BenchResult } from "./result.ts";
import { measureAll, stopAll } from "./run.ts";
import { startSink } from "./sink-process.ts";
import { checkTargets, renderVerdicts } from "./targets.ts";
import { renderWorkChart } from "./work-chart.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else process.exitCode = await bench(options);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

async function bench(options: BenchOptions): Promise<number> {
  await installPeers(options.only);
  const sink = await startSink();
  const pairs: Pair[] = [];
  try {
    const result = await measureAll(options, sink, pairs);
    await write(result, options.out);
    const verdicts = checkTargets(result);
    console.log(`${renderResult(result)}\n\n${renderVerdicts(verdicts)}\n\n${options.out}: result.json and charts`);
    return options.check && verdicts.some(({ met }) => met === false) ? 1 : 0;
  } finally {
    await stopAll(pairs);
    sink.stop();
  }
}

async function write(result: BenchResult, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Bun.write(`${folder}/result.json`, `${JSON.stringify(result, undefined, 2)}\n`);
  await Bun.write(`${folder}/chart.svg`, renderChart(result));
  if (result.work) await Bun.write(`${folder}/work.svg`, renderWorkChart(result.work, result));
}
