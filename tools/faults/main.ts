/** `bun run test:faults`: what happens to front and back when something fails, held against what is promised. */
import { createProgress } from "../bench/report.ts";
import { FAULTS } from "./faults.ts";
import { readOptions, USAGE } from "./options.ts";
import { renderRow } from "./report.ts";
import { createRunner, type RowResult } from "./run.ts";

const options = readOptions(process.argv.slice(2));
if (options === undefined) console.log(USAGE);
else process.exitCode = await testFaults(options);

async function testFaults({ short, only, variant, json }: NonNullable<typeof options>): Promise<number> {
  const chosen = FAULTS.filter(({ id, group, short: isShort = false, comparable = false }) => {
    if (only.length > 0) return only.some((text) => id.includes(text) || group === text);
    return (variant === "baton" || comparable) && (!short || isShort);
  });
  if (chosen.length === 0) throw new Error(`no fault's id contains ${only.join(" or ")}`);
  const progress = createProgress(chosen.length);
  const results: RowResult[] = [];
  await using runner = createRunner({ short, say: (doing) => process.stderr.isTTY && progress.say(doing) });
  for (const fault of chosen) {
    progress.say(fault.id);
    const result = await runner.run(fault, variant);
    results.push(result);
    progress.end();
    console.log(renderRow(result));
    progress.add(1);
  }
  progress.end();
  if (json !== undefined) await Bun.write(json, `${JSON.stringify(results, undefined, 2)}\n`);
  const verdicts = results.flatMap((result) => result.verdicts);
  const failed = verdicts.filter(({ kept }) => !kept).length;
  console.log(`\n${verdicts.length - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}
