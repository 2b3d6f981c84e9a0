/** `bun run demo`. The packages may not be installed yet, so nothing that is imported here may need one. */
import { fileURLToPath } from "node:url";
import { readDemoConfig, UsageError, usage } from "./config.ts";
import { installPackages } from "./install.ts";
import { codeOfLeaving, leaveWhenAsked } from "./leave.ts";
import { openTerminal } from "./terminal.ts";

/** @returns The exit code. */
async function main(): Promise<number> {
  try {
    const config = readDemoConfig(process.argv.slice(2), process.env);
    if (config.help) {
      process.stdout.write(`${usage}\n`);
      return 0;
    }
    const opened = openTerminal(config.mayColour);
    const terminal = config.json ? { ...opened, write: () => {} } : opened;
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
// Do not wait for work that is still running, only for the output.
process.stdout.write("", () => process.exit(code));
