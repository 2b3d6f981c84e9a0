/** How the viewer, back and front are started, and how each says where it listens. */

import { textFact } from "./announcement.ts";
import type { Backend } from "./config.ts";
import type { Supervisor } from "./supervisor.ts";

type Environment = Readonly<Record<string, string>>;

/** How often back and front send their metrics, in milliseconds. */
export const metricsIntervalMs = 500;

/** By default spans wait for 5 s and metrics for 60 s. Here a person waits for them. */
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
  const service = await supervisor.start({
    name: "viewer",
    path: "services/viewer",
    env: {
      ...ownEnvironment(),
      VIEWER_PORT: String(ports.query),
      VIEWER_OTLP_HTTP_PORT: String(ports.otlpHttp),
      VIEWER_OTLP_GRPC_PORT: String(ports.otlpGrpc),
      // A page that somebody develops on this machine may send its spans from the browser.
      VIEWER_ALLOWED_ORIGINS: "http://localhost:*",
      // The demo asks it without one.
      VIEWER_TOKEN: "",
    },
    readUrl: (line) => /pages and query API at .* and over gRPC at /.exec(line)?.input,
  });
  const [queryUrl, otlpUrl] = service.url.match(/http:[^\s,]+/g) ?? [];
  if (queryUrl === undefined || otlpUrl === undefined)
    throw new Error(`The viewer did not say where it listens: ${service.url}`);
  return { queryUrl: withLocalhost(queryUrl), otlpUrl: withLocalhost(otlpUrl) };
}

/** @returns `host:port` of back. */
export async function startBack(supervisor: Supervisor, port: number, env: Environment): Promise<string> {
  const service = await supervisor.start({
    name: "back",
    path: "services/back",
    env: { ...ownEnvironment(), ...promptExport, ...env, BACK_PORT: String(port) },
    readUrl: (line) => (line.includes("back answers gRPC") ? textFact(line, "address") : undefined),
  });
  return service.url;
}

export interface LabProxy {
  /** `host:port` where front finds back. */
  readonly address: string;
  /** A service of somebody else. */
  readonly strangerUrl: string;
}

/** Starts what is between front and back in the lab. */
export async function startLabProxy(supervisor: Supervisor, port: number, backAddress: string): Promise<LabProxy> {
  const service = await supervisor.start({
    name: "proxy",
    path: "demo/src/lab/main.ts",
    env: { ...ownEnvironment(), LAB_PROXY_PORT: String(port), BACK_ADDRESS: backAddress },
    readUrl: (line) => (line.includes("the lab's proxy listens") ? line : undefined),
  });
  const [address, strangerUrl] = ["address", "stranger"].map((name) => textFact(service.url, name));
  if (address === undefined || strangerUrl === undefined)
    throw new Error(`The lab's proxy did not say where it listens: ${service.url}`);
  return { address, strangerUrl };
}

/** @returns The URL of front. */
export async function startFront(
  supervisor: Supervisor,
  port: number,
  backAddress: string,
  env: Environment,
): Promise<string> {
  const service = await supervisor.start({
    name: "front",
    path: "services/front",
    env: { ...ownEnvironment(), ...promptExport, ...env, FRONT_PORT: String(port), BACK_ADDRESS: backAddress },
    readUrl: (line) => textFact(line, "url"),
  });
  return withLocalhost(service.url);
}

/**
 * The environment that the services inherit, without OTEL_* variables: a sampler or an exporter that is set for another
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
