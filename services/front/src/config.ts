/** The settings of front. No other file of this service reads the environment. */
import { readEnvironment } from "@baton/service";

export interface FrontConfig {
  /** `FRONT_HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `FRONT_PORT`; 0 takes any free port. @default 3000 */
  readonly port: number;
  /**
   * `BACK_ADDRESS`: the address of back, as `host:port`, or as a gRPC target: `dns:///host:port`, whose name may have
   * several addresses, or `ipv4:host:port,host:port`. Calls are spread over all addresses. @default "127.0.0.1:50051"
   */
  readonly backAddress: string;
  /** `CALL_TIMEOUT_MS`: how long back may take to answer. A request can ask for less. @default 2000 */
  readonly callTimeoutMs: number;
  /** `BODY_TIMEOUT_MS`: how long the body of a request may take to arrive; then the answer is 408. @default 30000 */
  readonly bodyTimeoutMs: number;
  /** `TABLE_TIMEOUT_MS`: how long a player at the table may send nothing; then the socket is closed. @default 300000 */
  readonly tableTimeoutMs: number;
  /** `FRONT_TRUST`: what to do with the trace that a caller sends. @default "continue" */
  readonly trust: FrontTrust;
  /** `SHUTDOWN_TIMEOUT_MS`: how long running requests may take to finish at shutdown. @default 10000 */
  readonly shutdownTimeoutMs: number;
  /** `QUERY_URL`: the query API of a trace backend, a Jaeger or the viewer. The page at / shows its traces. @default "" */
  readonly queryUrl: string;
  /** `QUERY_PAGE_URL`: where a browser opens the pages of that backend, if not there. @default "" */
  readonly queryPageUrl: string;
  /** `QUERY_TOKEN`: what that backend asks for: sent to it as `Authorization: Bearer`. @default "" */
  readonly queryToken: string;
  /**
   * `FRONT_ALLOWED_HOSTS`: the names by which front is reached, separated by commas, besides those of this machine: the
   * only ones that it answers to, and whose pages may change something. Without a list the routes of the API answer
   * to every name. @default ""
   */
  readonly allowedHosts: readonly string[];
  /** `LAB`: 1 loads the lab: faults on request, and an endpoint for each option of telemetry. Only for demonstrations. @default 0 */
  readonly lab: boolean;
  /** One sentence for each value that is invalid and was replaced by its default. */
  readonly problems: readonly string[];
}

/** `restart` and `ignore` begin a new trace, so that this service's sampler decides; `restart` links to the caller's. */
export type FrontTrust = "continue" | "restart" | "ignore";

const backTarget = {
  pattern: /^((dns:(\/\/[\w.:-]*)?\/)?(\[[0-9a-f:.]+\]|[\w.-]+):\d{1,5}|ipv4:[\d.]+:\d{1,5}(,[\d.]+:\d{1,5})*)$/i,
  description: "host:port, dns:///host:port or ipv4:host:port,host:port",
};

const httpUrl = { pattern: /^https?:\/\/[^\s/]+(\/\S*)?$/, description: "a URL that begins with http:// or https://" };

const hosts = {
  pattern: /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?(\s*,\s*(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?)*$/i,
  description:
    "names or addresses separated by commas, each with a port or without, such as dice.example or [fd00::1]:3000",
};

/** Their defaults let everybody in. */
const restricting = ["FRONT_ALLOWED_HOSTS", "FRONT_TRUST"];

/**
 * @param source The variables: `process.env`, or a plain object in a test.
 * @throws Error for a value that was meant to keep callers out and cannot be used.
 */
export function readFrontConfig(source: Readonly<Record<string, string | undefined>>): FrontConfig {
  const env = readEnvironment(source, restricting);
  return {
    host: env.text("FRONT_HOST", "127.0.0.1"),
    port: env.integer("FRONT_PORT", 3000, { min: 0, max: 65_535 }),
    backAddress: env.text("BACK_ADDRESS", "127.0.0.1:50051", backTarget),
    callTimeoutMs: env.integer("CALL_TIMEOUT_MS", 2000, { min: 1, max: 60_000 }),
    bodyTimeoutMs: env.integer("BODY_TIMEOUT_MS", 30_000, { min: 1, max: 600_000 }),
    tableTimeoutMs: env.integer("TABLE_TIMEOUT_MS", 300_000, { min: 1, max: 86_400_000 }),
    trust: env.choice("FRONT_TRUST", "continue", ["continue", "restart", "ignore"]),
    shutdownTimeoutMs: env.integer("SHUTDOWN_TIMEOUT_MS", 10_000, { min: 0, max: 600_000 }),
    queryUrl: env.text("QUERY_URL", "", httpUrl),
    queryPageUrl: env.text("QUERY_PAGE_URL", "", httpUrl),
    // Without a shape: a value that does not fit would be printed.
    queryToken: env.text("QUERY_TOKEN", ""),
    allowedHosts: env
      .text("FRONT_ALLOWED_HOSTS", "", hosts)
      .toLowerCase()
      .split(/[\s,]+/)
      .filter(Boolean),
    lab: env.integer("LAB", 0, { min: 0, max: 1 }) === 1,
    problems: env.problems,
  };
}
