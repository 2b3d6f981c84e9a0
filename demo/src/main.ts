/** `bun run demo`: one command shows the whole of it. Nothing that is imported here may need a package. */
import { fileURLToPath } from "node:url";
import { readDemoConfig, UsageError, usage } from "./config.ts";
import { installPackages } from "./install.ts";
import { codeOfLeaving, leaveWhenAsked } from "./leave.ts";
import { openTerminal } from "./terminal.ts";

/** @returns The exit code. */
async function main(): Promise<number> {
  try {
    const config = readDemoConfig(process.argv.slice(2), process.env);
    const terminal = openTerminal(config.mayColour);
    const leave = leaveWhenAsked();
    const installed = await installPackages(fileURLToPath(new URL("../..", import.meta.url)), terminal, leave);
    if (leave.aborted) return codeOfLeaving(config);
    if (!installed) return 1;
    const { runDemo } = await import("./demo.ts");
    return await runDemo(config, terminal, leave);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${usage}\n`);
    return 2;
  }
}

const code = await main();
// What is still under way is of no use any more; what was written must get out first.
process.stdout.write("", () => process.exit(code));
