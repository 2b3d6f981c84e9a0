/** `bun run test:faults`: what happens to front and back when something fails, held against what is promised. */

import { installPeers } from "../bench/peers.ts";
import { createProgress } from "../bench/progress.ts";
import { writeDocument } from "./document.ts";
import type { Fault } from "./fault.ts";
import { FAULTS } from "./faults.ts";
import { type FaultsOptions, readOptions, USAGE } from "./options.ts";
import type { Variant } from "./pair.ts";
import { renderRow } from "./report.ts";
import { addToFile } from "./results.ts";
import { createRunner, type RowResult } from "./run.ts";

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.log(USAGE);
else process.exitCode = await testFaults(options);

async function testFaults(options: FaultsOptions): Promise<number> {
  const runs = chooseRuns(options);
  if (runs.some(({ variant }) => variant === "plain")) await installPeers(["plain"]);
  const progress = createProgress(runs.length);
  const results: RowResult[] = [];
  await using runner = createRunner({ short: options.short, say: progress.say });
  for (const { fault, variant } of runs) {
    progress.phase(`${fault.id} ${variant}`, 1);
    const result = await runner.run(fault, variant);
    results.push(result);
    progress.end();
    console.log(renderRow(result));
    if (options.json !== undefined) await addToFile(options.json, [result], options.short);
  }
  progress.end();
  if (options.writeDocs && options.json !== undefined)
    await writeDocument(await addToFile(options.json, [], options.short));
  // What others do is for comparison.
  const verdicts = results.filter(({ variant }) => variant === "baton").flatMap((result) => result.verdicts);
  const failed = verdicts.filter(({ kept }) => !kept).length;
  console.log(`\n${verdicts.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

interface Run {
  readonly fault: Fault;
  readonly variant: Variant;
}

/** The variants of a fault run one after the other, on a machine that is as busy for both. */
function chooseRuns({ short, only, variants }: FaultsOptions): readonly Run[] {
  const isWanted = ({ id, group, short: isShort = false }: Fault): boolean =>
    only.length > 0 ? only.some((text) => id.includes(text) || group === text) : !short || isShort;
  const runs = FAULTS.filter(isWanted).flatMap((fault) =>
    variants.flatMap((variant) =>
      variant === "baton" || isCompared(fault, short, variants) ? [{ fault, variant }] : [],
    ),
  );
  if (runs.length === 0) throw new Error(`no fault to run: ${only.join(" or ")}`);
  return runs;
}

/** In the short form only where it is asked for. */
function isCompared({ comparable = false }: Fault, short: boolean, variants: readonly Variant[]): boolean {
  return comparable && (!short || variants.length === 1);
}
