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
  /** Seconds of latency for the bare and the traced variant, over all their pairs; 0 for none. */
  readonly latencySeconds: number;
  /** Only these variants; `bare` always runs. */
  readonly only: readonly string[];
  /** Another checkout, whose own telemetry is measured in the same rounds. */
  readonly against: string | undefined;
  /** Also the long runs, for memory: requests before the slope is measured, and requests during it. */
  readonly soak: LongRun | undefined;
  /** The same with the backend away. */
  readonly outage: LongRun | undefined;
  /** Folder for `result.json` and the charts. */
  readonly out: string;
}

export interface LongRun {
  readonly before: number;
  readonly during: number;
}

/** The most requests of a run without a backend. */
const MAX_OUTAGE = 160_000;

const FULL = { pairs: "3", rounds: "9", requests: "2000", "warm-up": "25000", "latency-seconds": "300" };
const SHORT = { pairs: "1", rounds: "3", requests: "2000", "warm-up": "4000", "latency-seconds": "10" };

/** What `--only` can name, whether or not the runtimes are found. */
const VARIANTS = ["bare", "traced", "unsampled", "disabled", "plain", "peers", "node", "deno"];

export const USAGE = `bun run bench [--check] [--short] [--soak] [--only traced,plain] [--against CHECKOUT] [--out FOLDER]
              [--pairs N] [--rounds N] [--requests N] [--warm-up N] [--latency-seconds N] [--soak-requests N,N]

  --check     judge all targets, with the long runs of --soak, and exit with 1 when one is missed
  --short     a first look in a few minutes, without the long runs; too few rounds for a verdict
  --soak      also 200 000 requests to the bare and the traced pair, for memory, and a million more to the traced one;
              and 200 000, then 160 000, to a pair whose backend is away
  --only      variants to measure besides bare: traced, unsampled, disabled, plain, peers, node, deno
  --against   a folder with another version of this repository, installed: its traced, unsampled and disabled pairs run
              in the same rounds as traced-before and so on, and each is compared with the one of today. Latency is
              measured only where --latency-seconds is set too
  --out       where result.json and the charts go (default tmp/bench)`;

export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      check: { type: "boolean", default: false },
      short: { type: "boolean", default: false },
      soak: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      against: { type: "string" },
      pairs: { type: "string" },
      rounds: { type: "string" },
      requests: { type: "string" },
      "warm-up": { type: "string" },
      "latency-seconds": { type: "string" },
      "soak-requests": { type: "string", default: "200000,1000000" },
      out: { type: "string", default: "tmp/bench" },
    },
  });
  if (values.help) return undefined;
  const { check, short, against } = values;
  const isLong = values.soak || (check && !short);
  const preset = short ? SHORT : FULL;
  const count = (name: keyof typeof FULL, least = 1): number => toCount(name, values[name] ?? preset[name], least);
  const [before = 0, during = 0] = values["soak-requests"].split(",").map((text) => toCount("soak-requests", text));
  return {
    check,
    pairs: count("pairs"),
    rounds: count("rounds"),
    requests: count("requests"),
    warmUp: count("warm-up"),
    connections: 16,
    latencySeconds: against !== undefined && values["latency-seconds"] === undefined ? 0 : count("latency-seconds", 0),
    only: values.only
      .split(",")
      .filter((name) => name !== "")
      .map(toVariant),
    against: against === undefined ? undefined : toCheckout(against),
    soak: isLong ? { before, during } : undefined,
    outage: isLong ? { before, during: Math.min(during, MAX_OUTAGE) } : undefined,
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

function toVariant(name: string): string {
  if (!VARIANTS.includes(name)) throw new Error(`--only: no variant ${name}, only ${VARIANTS.join(", ")}`);
  return name;
}

function toCount(name: string, text: string, least = 1): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < least)
    throw new Error(`--${name}: not a whole number of ${least} or more: ${text}`);
  return count;
}
