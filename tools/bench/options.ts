/** The options of `bun run bench`. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** Exit with 1 when a target is missed. */
  readonly check: boolean;
  /** Rounds of each scenario and pair; every variant runs once in each. */
  readonly rounds: number;
  /** Requests of one variant in one round of the unary scenario. */
  readonly requests: number;
  /** Pairs of processes of each variant, one after the other: two pairs of the same variant can differ all the time. */
  readonly pairs: number;
  /** Requests of each pair before its first round: Bun compiles during tens of thousands of calls. */
  readonly warmUp: number;
  readonly connections: number;
  /** Only these variants; `bare` always runs. */
  readonly only: readonly string[];
  /** Another checkout, whose own telemetry is measured in the same rounds. */
  readonly against: string | undefined;
  /** Also the long runs, for memory: requests before the slope is measured, and requests during it. */
  readonly soak: LongRun | undefined;
  /** The same with the backend away. */
  readonly outage: LongRun | undefined;
  /** Folder for `result.json` and `chart.svg`. */
  readonly out: string;
}

export interface LongRun {
  readonly before: number;
  readonly during: number;
}

/** The most requests of a run without a backend. */
const MAX_OUTAGE = 160_000;

export const USAGE = `bun run bench [--check] [--quick] [--soak] [--only traced,plain] [--against CHECKOUT] [--pairs N] [--rounds N] [--requests N] [--warm-up N] [--out FOLDER]

  --check     exit with 1 when a target is missed
  --quick     a few rounds, for a first look; too few for a verdict
  --soak      also 200 000 requests, then a million, of the bare and the traced pair, for memory; and 200 000, then
              160 000, of a pair whose backend is away
  --only      variants to measure besides the bare pair
  --against   a folder with another version of this repository, installed: its traced, unsampled and disabled pairs run
              in the same rounds as traced-before and so on, and each is compared with the one of today
  --out       where result.json and chart.svg go (default tmp/bench)`;

export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: "boolean", default: false },
      quick: { type: "boolean", default: false },
      soak: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      against: { type: "string" },
      pairs: { type: "string" },
      rounds: { type: "string" },
      requests: { type: "string" },
      "warm-up": { type: "string" },
      "soak-requests": { type: "string", default: "200000,1000000" },
      out: { type: "string", default: "tmp/bench" },
    },
  });
  if (values.help) return undefined;
  const { quick } = values;
  const [before = 0, during = 0] = values["soak-requests"].split(",").map(toCount);
  return {
    check: values.check,
    pairs: toCount(values.pairs ?? (quick ? "1" : "3")),
    rounds: toCount(values.rounds ?? (quick ? "3" : "9")),
    requests: toCount(values.requests ?? (quick ? "2000" : "3000")),
    warmUp: toCount(values["warm-up"] ?? (quick ? "5000" : "30000")),
    connections: 16,
    only: values.only.split(",").filter((name) => name !== ""),
    against: values.against === undefined ? undefined : toCheckout(values.against),
    soak: values.soak ? { before, during } : undefined,
    outage: values.soak ? { before, during: Math.min(during, MAX_OUTAGE) } : undefined,
    out: values.out,
  };
}

function toCheckout(folder: string): string {
  const root = resolve(folder);
  if (!existsSync(`${root}/services/front/node_modules`)) {
    throw new Error(`--against ${folder}: this is not a checkout of this repository in which \`bun install\` has run`);
  }
  return root;
}

function toCount(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new Error(`not a count: ${text}`);
  return count;
}
