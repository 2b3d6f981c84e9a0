/** What the demo reads from its environment and its arguments. Nothing else here reads them. */
import { scenarios } from "./scenarios.ts";

export interface DemoConfig {
  /** Exit after printing, instead of staying up. */
  readonly once: boolean;
  /** The scenario to show. @default All of them. */
  readonly only: string | undefined;
  /** The ports to try first. */
  readonly ports: Ports;
  /** A trace backend that the person named: nothing is started, and nothing is looked for. */
  readonly backend: Backend | undefined;
  readonly mayColour: boolean;
  /** How long a trace may take to be complete. */
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

/** Where spans go, and where they are asked for. */
export interface Backend {
  readonly otlpUrl: string;
  readonly queryUrl: string;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `bun run demo [--once] [--only=SCENARIO]

  --once            exit after printing: 0 if every trace is what it must be, 1 if not, 130 if interrupted
  --only=SCENARIO   show one: ${scenarios.map(({ id }) => id).join(", ")}

FRONT_PORT, BACK_PORT, VIEWER_PORT, VIEWER_OTLP_HTTP_PORT and VIEWER_OTLP_GRPC_PORT name other ports to try first;
0 is any free one.
BATON_QUERY_URL and OTEL_EXPORTER_OTLP_ENDPOINT, both together, name a trace backend to use instead of the viewer.`;

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UsageError for an argument or a value that means nothing here. */
export function readDemoConfig(args: readonly string[], env: Environment): DemoConfig {
  const unknown = args.find((arg) => arg !== "--once" && !arg.startsWith("--only="));
  if (unknown !== undefined) throw new UsageError(`${unknown} is not an option of the demo.`);
  return {
    once: args.includes("--once"),
    only: readOnly(args),
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

function readOnly(args: readonly string[]): string | undefined {
  const id = args.findLast((arg) => arg.startsWith("--only="))?.slice("--only=".length);
  if (id === undefined || scenarios.some((scenario) => scenario.id === id)) return id;
  throw new UsageError(`"${id}" is not a scenario of the demo.`);
}

/** One of the two alone would send the spans to one place and ask another. */
function readBackend(env: Environment): Backend | undefined {
  const { BATON_QUERY_URL: queryUrl, OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl } = env;
  return queryUrl && otlpUrl ? { queryUrl: withoutSlash(queryUrl), otlpUrl: withoutSlash(otlpUrl) } : undefined;
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}

function readNumber(env: Environment, name: string, fallback: number, max: number): number {
  const text = env[name]?.trim();
  if (!text) return fallback;
  if (/^\d+$/.test(text) && Number(text) <= max) return Number(text);
  throw new UsageError(`${name} must be a whole number from 0 to ${max}, not "${text}".`);
}
