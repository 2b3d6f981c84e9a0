/** The options of `bun run test:faults`. */
import { parseArgs } from "node:util";
import type { Variant } from "./pair.ts";

export interface FaultsOptions {
  readonly short: boolean;
  /** Parts of ids, or groups. Empty: all. */
  readonly only: readonly string[];
  readonly variants: readonly Variant[];
  readonly json: string | undefined;
  readonly writeDocs: boolean;
}

export const USAGE = `bun run test:faults [--short] [--only=ID,GROUP] [--variant=baton|plain] [--json FILE] [--write-docs]

  --short           the few faults that the tests run too, with fewer requests
  --only            faults whose id contains this, or a group: backend, back, callers, process, end
  --variant         baton, or plain: OpenTelemetry's own SDK in the services, for comparison. Without it, the faults of the
                    backend run with both
  --json            adds what was measured to a file; a row that was there is replaced
  --write-docs      writes the tables of docs/reliability.md from that file (default tmp/faults.json)`;

const VARIANTS: readonly Variant[] = ["baton", "plain"];

/** @returns `undefined` when help is asked for. @throws Error for an option that is unknown or wrong. */
export function readOptions(args: readonly string[]): FaultsOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      variant: { type: "string" },
      "write-docs": { type: "boolean", default: false },
      json: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const { variant, short, json, "write-docs": writeDocs } = values;
  const variants = VARIANTS.filter((name) => variant === undefined || variant === name);
  if (variants.length === 0) throw new Error(`--variant must be baton or plain, not "${variant}"`);
  const file = json ?? (writeDocs ? "tmp/faults.json" : undefined);
  return { short, only: values.only.split(",").filter(Boolean), variants, json: file, writeDocs };
}
