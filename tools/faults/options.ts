/** The options of `bun run test:faults`. */
import { parseArgs } from "node:util";
import type { Variant } from "./pair.ts";

export interface FaultsOptions {
  readonly short: boolean;
  /** Parts of ids, or groups. Empty: all. */
  readonly only: readonly string[];
  readonly variant: Variant;
  readonly json: string | undefined;
}

export const USAGE = `bun run test:faults [--short] [--only=ID,GROUP] [--variant=plain] [--json FILE]

  --short           the few faults that the tests run too, with fewer requests
  --only            faults whose id contains this, or a group: backend, back, callers, process, end
  --variant=plain   the faults of the backend with OpenTelemetry's own SDK in the services
  --json            writes what was measured to a file`;

/** @returns `undefined` when help is asked for. @throws Error for an option that is unknown or wrong. */
export function readOptions(args: readonly string[]): FaultsOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      variant: { type: "string", default: "baton" },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { variant } = values;
  if (variant !== "baton" && variant !== "plain") throw new Error(`--variant must be baton or plain, not "${variant}"`);
  return { short: values.short, only: values.only.split(",").filter(Boolean), variant, json: values.json };
}
