/** The settings of the demo, from its arguments and the environment. No other file here reads them. */
import { faults } from "./lab/faults.ts";
import { scenarios } from "./scenarios.ts";

export interface DemoConfig {
  /** Print the usage and exit. */
  readonly help: boolean;
  /** Exit after printing, instead of staying up. */
  readonly once: boolean;
  /** What to show: the scenarios, the scenarios with the headers of each hop, or the faults of the lab. */
  readonly show: "scenarios" | "wire" | "faults";
  /** Print only JSON. */
  readonly json: boolean;
  /** The scenario or fault to show. @default All of them. */
  readonly only: string | undefined;
  /** The ports to try first. */
  readonly ports: Ports;
  /** A trace backend that the person named: no viewer is started or looked for. */
  readonly backend: Backend | undefined;
  readonly mayColour: boolean;
  /** Milliseconds until a trace must be complete. */
  readonly traceTimeoutMs: number;
}

export interface Ports {
  readonly front: number;
  readonly back: number;
  /** The viewer's pages and query API. */
  readonly query: number;
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
}

/** Where spans are sent, and where they are read. */
export interface Backend {
  readonly otlpUrl: string;
  readonly queryUrl: string;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `bun run demo [--once] [--wire [--json] | --break [--json]] [--only=SCENARIO] [--help]

  --once            exit after printing: 0 if every trace is the expected tree, 1 if not, 130 if interrupted
  --wire            show the headers of each hop too: what left, what arrived, which span was made
  --break           make every fault of the lab, and let the diagnosis name its cause; exit with 0 if each is right, 1 if not
  --json            print the hops of --wire, or the findings of --break, as JSON and nothing else, and exit
  --only=SCENARIO   show one scenario: ${scenarios.map(({ id }) => id).join(", ")}
                    with --break a fault: ${faults.map(({ id }) => id).join(", ")}

FRONT_PORT, BACK_PORT, VIEWER_PORT, VIEWER_OTLP_HTTP_PORT and VIEWER_OTLP_GRPC_PORT set the ports to try first.
0 means any free port.
BATON_QUERY_URL and OTEL_EXPORTER_OTLP_ENDPOINT together name a trace backend to use instead of the viewer.
BATON_TRACE_TIMEOUT_MS is how long a trace may take to be complete (default 10000).
NO_COLOR=1 turns colours off.`;

const flags: ReadonlySet<string> = new Set(["--once", "--wire", "--break", "--json", "--help", "-h"]);

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError for an unknown argument or an invalid value. */
export function readDemoConfig(args: readonly string[], env: Environment): DemoConfig {
  const unknown = args.find((arg) => !flags.has(arg) && !arg.startsWith("--only="));
  if (unknown !== undefined) throw new UsageError(`${unknown} is not an option of the demo.`);
  const show = args.includes("--break") ? "faults" : args.includes("--wire") ? "wire" : "scenarios";
  const json = args.includes("--json");
  if (json && show === "scenarios") throw new UsageError("--json is for --wire and --break.");
  return {
    help: args.includes("--help") || args.includes("-h"),
    once: args.includes("--once") || json || show === "faults",
    only: readOnly(args, show),
    show,
    json,
    ports: {
      front: readNumber(env, "FRONT_PORT", 3000, 65_535),
      back: readNumber(env, "BACK_PORT", 50_051, 65_535),
      query: readNumber(env, "VIEWER_PORT", 16_686, 65_535),
      otlpHttp: readNumber(env, "VIEWER_OTLP_HTTP_PORT", 4318, 65_535),
      otlpGrpc: readNumber(env, "VIEWER_OTLP_GRPC_PORT", 4317, 65_535),
    },
    backend: readBackend(env),
    mayColour: !env.NO_COLOR && env.TERM !== "dumb",
    traceTimeoutMs: readNumber(env, "BATON_TRACE_TIMEOUT_MS", 10_000, 600_000),
  };
}

function readOnly(args: readonly string[], show: DemoConfig["show"]): string | undefined {
  const id = args.findLast((arg) => arg.startsWith("--only="))?.slice("--only=".length);
  const rows: readonly { readonly id: string }[] = show === "faults" ? faults : scenarios;
  if (id === undefined || rows.some((row) => row.id === id)) return id;
  throw new UsageError(`"${id}" is not a ${show === "faults" ? "fault" : "scenario"} of the demo.`);
}

/** Both or none: with one of them, spans would be sent to one backend and read from another. */
function readBackend(env: Environment): Backend | undefined {
  const { BATON_QUERY_URL: queryUrl, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl } = env;
  return queryUrl && otlpUrl ? { queryUrl: withoutSlash(queryUrl), otlpUrl: withoutSlash(otlpUrl) } : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

/** @throws UsageError that names the variable and the rule. */
export function readNumber(env: Environment, name: string, fallback: number, max: number): number {
  const text = env[name]?.trim();
  if (!text) return fallback;
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw new UsageError(`${name} must be a whole number from 0 to ${max}, not "${text}".`);
}
