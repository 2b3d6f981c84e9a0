/** `bun run demo`: one command shows the whole of it. */
import { readDemoConfig, UsageError, usage } from "./config.ts";
import { runDemo } from "./demo.ts";
import { openTerminal } from "./terminal.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal asks to leave in order; the second one insists. */
function leaveWhenAsked(): AbortSignal {
  const leave = new AbortController();
  const onSignal = () => {
    if (leave.signal.aborted) process.exit(130);
    leave.abort();
  };
  for (const signal of signals) process.on(signal, onSignal);
  return leave.signal;
}

/** @returns The exit code. */
async function main(): Promise<number> {
  try {
    const config = readDemoConfig(process.argv.slice(2), process.env);
    return await runDemo(config, openTerminal(config.mayColour), leaveWhenAsked());
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
}

const code = await main();
// What is still under way is of no use any more; what was written must get out first.
process.stdout.write("", () => process.exit(code));
