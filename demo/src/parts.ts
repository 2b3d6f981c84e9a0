/** How each part is started, and how it says where it listens. */

import { readFacts, textFact } from "./announcement.ts";
import type { Backend } from "./config.ts";
import type { Supervisor } from "./supervisor.ts";

type Environment = Readonly<Record<string, string>>;

/** How often back and front send their metrics. */
export const metricsIntervalMs = 500;

/** Nothing waits as long as it does by default, which is up to a minute: a person is waiting for it. */
const promptExport = {
  OTEL_BSP_SCHEDULE_DELAY: "100",
  OTEL_BLRP_SCHEDULE_DELAY: "100",
  OTEL_METRIC_EXPORT_INTERVAL: String(metricsIntervalMs),
};

export interface ViewerPorts {
  readonly query: number;
  readonly otlpHttp: number;
  readonly otlpGrpc: number;
}

export async function startViewer(supervisor: Supervisor, ports: ViewerPorts): Promise<Backend> {
  const part = await supervisor.start({
    name: "viewer",
    path: "services/viewer",
    env: {
      ...ownEnvironment(),
      VIEWER_PORT: String(ports.query),
      VIEWER_OTLP_HTTP_PORT: String(ports.otlpHttp),
      VIEWER_OTLP_GRPC_PORT: String(ports.otlpGrpc),
      // A page that somebody develops on this machine may send its spans from the browser.
      VIEWER_ALLOWED_ORIGINS: "http://localhost:*",
    },
    readUrl: (line) => /pages and query API at .* and over gRPC at /.exec(line)?.input,
  });
  const [queryUrl, otlpUrl] = part.url.match(/http:[^\s,]+/g) ?? [];
  if (queryUrl === undefined || otlpUrl === undefined) throw new Error(`the viewer said: ${part.url}`);
  return { queryUrl: withLocalhost(queryUrl), otlpUrl: withLocalhost(otlpUrl) };
}

/** @returns `host:port` of back. */
export async function startBack(supervisor: Supervisor, port: number, env: Environment): Promise<string> {
  const part = await supervisor.start({
    name: "back",
    path: "services/back",
    env: { ...ownEnvironment(), ...promptExport, ...env, BACK_PORT: String(port) },
    readUrl: (line) => {
      const { host, port: actual } = readFacts(line);
      return typeof host === "string" && typeof actual === "number" ? `${host}:${actual}` : undefined;
    },
  });
  return part.url;
}

/** @returns The URL of front. */
export async function startFront(
  supervisor: Supervisor,
  port: number,
  backAddress: string,
  env: Environment,
): Promise<string> {
  const part = await supervisor.start({
    name: "front",
    path: "services/front",
    env: { ...ownEnvironment(), ...promptExport, ...env, FRONT_PORT: String(port), BACK_ADDRESS: backAddress },
    readUrl: (line) => textFact(line, "url"),
  });
  return withLocalhost(part.url);
}

/**
 * What a part inherits. Not the person's own telemetry settings: a sampler or an exporter that is set for another
 * program would make the traces here incomplete.
 */
function ownEnvironment(): Environment {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || name.startsWith("OTEL_") ? [] : [[name, value] as const],
  );
  return Object.fromEntries(entries);
}

/** `http://127.0.0.1:3000/` -> `http://localhost:3000`, as a person would type it. */
function withLocalhost(url: string): string {
  return url.replace("//127.0.0.1", "//localhost").replace(/\/$/, "");
}
