/** The settings of the viewer. No other file of this service reads the environment. */
import { closestMatch } from "leven";
import { isToken } from "./access.ts";
import type { PortName } from "./listen.ts";
import { isLoopback } from "./loopback.ts";
import { isOriginPattern } from "./otlp/allowed-origins.ts";

export interface ViewerConfig {
  /** `VIEWER_HOST`. @default "127.0.0.1" */
  readonly host: string;
  /** `VIEWER_PORT`: pages and query API; 0 takes any free port, here and below. @default 16686 */
  readonly port: number;
  /** `VIEWER_OTLP_HTTP_PORT`. @default 4318 */
  readonly otlpHttpPort: number;
  /** `VIEWER_OTLP_GRPC_PORT`. @default 4317 */
  readonly otlpGrpcPort: number;
  /** `VIEWER_MAX_TRACES`. @default 10000 */
  readonly maxTraces: number;
  /** `VIEWER_MAX_BYTES`: about how much memory all records may use. @default 268435456 */
  readonly maxBytes: number;
  /** `VIEWER_ALLOWED_ORIGINS`: whose pages in a browser may send OTLP over HTTP, separated by commas. */
  readonly allowedOrigins: readonly string[];
  /** `VIEWER_TOKEN`: who has it may read and write. */
  readonly token: string | undefined;
  /** `NO_COLOR`: false when it is set. Colours are used only on a terminal. */
  readonly color: boolean;
  /** One sentence for each value that is invalid and was replaced by its default, or that is a risk. */
  readonly problems: readonly string[];
}

/** The variable that sets each port. */
export const PORT_VARIABLES: Readonly<Record<PortName, string>> = {
  query: "VIEWER_PORT",
  otlpHttp: "VIEWER_OTLP_HTTP_PORT",
  otlpGrpc: "VIEWER_OTLP_GRPC_PORT",
};

/**
 * @param source The variables: `process.env`, or a plain object in a test. Empty is the same as not set.
 * @throws Error for a token that cannot be used, or whose name is misspelled: without it the viewer would be open to everybody.
 */
export function readViewerConfig(source: Readonly<Record<string, string | undefined>>): ViewerConfig {
  const problems: string[] = [];
  const whole = (name: string, fallback: number, min: number, max: number): number => {
    const text = source[name]?.trim() ?? "";
    if (text === "") return fallback;
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    problems.push(
      `${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}: using ${fallback}.`,
    );
    return fallback;
  };
  const origins = (name: string): readonly string[] => {
    const listed = (source[name] ?? "").split(",").map((text) => text.trim().toLowerCase().replace(/\/$/, ""));
    return listed.filter((text) => {
      if (text === "" || isOriginPattern(text)) return text !== "";
      problems.push(
        `${name} must list origins such as https://app.example or http://localhost:*, not ${JSON.stringify(text)}: leaving that out.`,
      );
      return false;
    });
  };
  const port = (name: PortName, fallback: number) => whole(PORT_VARIABLES[name], fallback, 0, 65_535);
  const host = source.VIEWER_HOST?.trim() || "127.0.0.1";
  const token = source.VIEWER_TOKEN?.trim() || undefined;
  if (token !== undefined && !isToken(token))
    throw new Error("VIEWER_TOKEN must be 16 to 256 letters, digits and characters of -._~+/ (`openssl rand -hex 32`)");
  if (token === undefined && !isLoopback(host)) {
    problems.push(
      `VIEWER_HOST=${host} opens the viewer to other machines, and it asks for no token: everybody who reaches it can read, add and delete everything. Set VIEWER_TOKEN.`,
    );
  }
  return {
    host,
    port: port("query", 16_686),
    otlpHttpPort: port("otlpHttp", 4318),
    otlpGrpcPort: port("otlpGrpc", 4317),
    maxTraces: whole("VIEWER_MAX_TRACES", 10_000, 1, 10_000_000),
    maxBytes: whole("VIEWER_MAX_BYTES", 256 * 1024 * 1024, 1024 * 1024, 2 ** 40),
    allowedOrigins: origins("VIEWER_ALLOWED_ORIGINS"),
    token,
    color: (source.NO_COLOR ?? "") === "",
    problems: [...problems, ...misspelled(source)],
  };
}

const NAMES: readonly string[] = [
  ...Object.values(PORT_VARIABLES),
  ...["VIEWER_HOST", "VIEWER_MAX_TRACES", "VIEWER_MAX_BYTES", "VIEWER_ALLOWED_ORIGINS", "VIEWER_TOKEN"],
];
function misspelled(source: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(source).flatMap((name) => {
    if (NAMES.includes(name) || !source[name]?.trim()) return [];
    const meant = closestMatch(name.toUpperCase(), NAMES, { maxDistance: 2 });
    if (meant === undefined) return [];
    const problem = `${name} is unknown. Did you mean ${meant}?`;
    if (meant === "VIEWER_TOKEN") throw new Error(problem);
    return [problem];
  });
}
