/**
 * `bun run test:scale`: runs the configuration of the scale overlay on this machine, with faults during the load.
 *
 * It needs Java and three programs, named by BATON_REAL_JAEGER, BATON_REAL_KAFKA and BATON_REAL_CASSANDRA (docs/scaling.md), and several
 * minutes. `--short` runs one Kafka broker and one Cassandra node instead of three, with a shorter outage of Kafka.
 * `--only=TEXT` runs only the steps whose names contain the text. `--write` puts the output into docs/scaling.md when
 * nothing failed.
 */
import { rm } from "node:fs/promises";
import { writePart } from "./document.ts";
import type { StepOptions } from "./observe.ts";
import { createStopper, type Stopper, startScaleStack } from "./stack.ts";
import { steps } from "./steps.ts";
import { findTools, type Tools } from "./tools.ts";

const short = process.argv.includes("--short");
const only = process.argv.find((arg) => arg.startsWith("--only="))?.slice("--only=".length) ?? "";
const keepPercent = 25;
const printed: string[] = [];
const started = performance.now();

const tools = findTools(process.env);
if ("jaeger" in tools) await testScale(tools);
else {
  console.error(`The scale test needs programs that were not found. Set ${tools.join(", ")}. See docs/scaling.md.`);
  process.exitCode = 2;
}

async function testScale(tools: Tools): Promise<void> {
  const stopper = await createStopper();
  // On a signal, it first stops everything that it started.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void leave(stopper));
  }
  let failed = 0;
  try {
    const onStarted = (part: string, elapsedMs: number) => say("started", part, elapsedMs);
    const stack = await startScaleStack({ tools, nodes: short ? 1 : 3, keepPercent, onStarted }, stopper);
    failed = await runSteps({ stack, keepPercent, outageMs: short ? 20_000 : 60_000 });
  } catch (error) {
    failed += 1;
    console.error(error);
  } finally {
    const begin = performance.now();
    await stopper.stopAll();
    say("stopped", "everything", performance.now() - begin);
  }
  if (failed === 0) await rm(stopper.folder, { recursive: true });
  else console.error(`What each process wrote is in ${stopper.folder}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

async function leave(stopper: Stopper): Promise<never> {
  console.error("stopping everything");
  await stopper.stopAll();
  await rm(stopper.folder, { recursive: true, force: true });
  process.exit(130);
}

async function runSteps(options: StepOptions): Promise<number> {
  let failed = 0;
  const chosen = steps.filter(({ name }) => name.includes(only));
  if (chosen.length === 0) throw new Error(`no step's name has "${only}"`);
  for (const step of chosen) {
    const begin = performance.now();
    const { problems, facts } = await step.run(options);
    say(problems.length === 0 ? "ok" : "FAILED", step.name, performance.now() - begin);
    for (const line of [...facts, ...problems.map((problem) => `! ${problem}`)]) print(`            ${line}`);
    if (problems.length > 0) failed += 1;
  }
  say("took", "all of it", performance.now() - started);
  if (failed === 0 && process.argv.includes("--write"))
    await writePart("scale", `\`\`\`text\n${printed.join("\n")}\n\`\`\``);
  console.log(`\n${chosen.length - failed} passed, ${failed} failed`);
  return failed;
}

function say(what: string, name: string, elapsedMs: number): void {
  print(`${what.padEnd(8)} ${`${(elapsedMs / 1000).toFixed(1)} s`.padStart(8)}  ${name}`);
}

function print(line: string): void {
  printed.push(line);
  console.log(line);
}
