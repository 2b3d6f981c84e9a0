/** The viewer, back and front as three processes that find each other. */
import { setTimeout as sleep } from "node:timers/promises";
import { takesOnlyTraces } from "./backend.ts";
import type { Backend, Ports } from "./config.ts";
import { choosePort, type PortRequest } from "./ports.ts";
import { startBack, startFront, startLabProxy, startViewer } from "./services.ts";
import { createSupervisor, type Supervisor } from "./supervisor.ts";

export interface StackOptions {
  /** 0 is any free port. */
  readonly ports: Ports;
  /** Where spans are sent and read. @default A viewer that is started here. */
  readonly backend?: Backend | undefined;
  /** More variables for back and front. @default None. */
  readonly env?: Readonly<Record<string, string>>;
  /** Starts the lab too: faults on request, and a proxy between front and back. @default false */
  readonly lab?: boolean;
  /** Stops the start when it is aborted. @default Never. */
  readonly signal?: AbortSignal;
  /** Called when a port is taken and another one is used. @default Nothing. */
  readonly onPortTaken?: (wanted: PortRequest) => void;
  /** Called when a service is ready. @default Nothing. */
  readonly onStarted?: (service: string, where: string, elapsedMs: number) => void;
}

export interface Stack {
  readonly backend: Backend;
  readonly frontUrl: string;
  /** `host:port` */
  readonly backAddress: string;
  /** Can stop, kill and start each service; the demo only stops and starts back. */
  readonly supervisor: Supervisor;
  /** Stops back, runs the function, and starts back again on the same port. */
  withoutBack<T>(work: () => Promise<T>): Promise<T>;
  /** Stops front and back, which send their last spans, and then the viewer. Safe to call twice. */
  stop(): Promise<void>;
}

/** @throws ProcessFailedError when a service does not start, or the signal's reason. Then nothing keeps running. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const supervisor = createSupervisor();
  try {
    const { signal } = options;
    const started = startServices(supervisor, options);
    return await (signal === undefined ? started : Promise.race([started, whenAborted(signal)]));
  } catch (error) {
    await supervisor.stopAll();
    throw error;
  }
}

function whenAborted(signal: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  if (signal.aborted) reject(signal.reason);
  signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  // It may be aborted later, when nobody waits for this promise any more.
  promise.catch(() => {});
  return promise;
}

async function startServices(supervisor: Supervisor, options: StackOptions): Promise<Stack> {
  const { ports, env = {}, onPortTaken = () => {}, onStarted = () => {} } = options;
  const choose = (service: string, port: number) => choosePort({ service, port }, onPortTaken);
  const timed = async <T>(service: string, start: Promise<T>, urlOf: (started: T) => string) => {
    const startedAt = performance.now();
    const started = await start;
    onStarted(service, urlOf(started), Math.round(performance.now() - startedAt));
    return started;
  };

  const backend =
    options.backend ??
    (await timed(
      "viewer",
      startViewer(supervisor, {
        query: await choose("the viewer's query API", ports.query),
        otlpHttp: await choose("the viewer's OTLP over HTTP", ports.otlpHttp),
        otlpGrpc: await choose("the viewer's OTLP over gRPC", ports.otlpGrpc),
      }),
      ({ queryUrl, otlpUrl }) => `${queryUrl}, OTLP at ${otlpUrl}`,
    ));
  const tracesOnly = (await takesOnlyTraces(backend))
    ? { OTEL_LOGS_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" }
    : {};
  const lab = options.lab ? { LAB: "1" } : {};
  const services = { ...tracesOnly, ...lab, ...env, OTEL_EXPORTER_OTLP_ENDPOINT: backend.otlpUrl };
  const backPort = await choose("back", ports.back);
  const backAddress = await timed("back", startBack(supervisor, backPort, services), (address) => address);
  const proxy = options.lab
    ? await timed("proxy", startLabProxy(supervisor, 0, backAddress), ({ address }) => `${address}, between the two`)
    : undefined;
  const frontPort = await choose("front", ports.front);
  const front = startFront(supervisor, frontPort, proxy?.address ?? backAddress, {
    ...services,
    QUERY_URL: backend.queryUrl,
    ...(proxy && { LAB_STRANGER_URL: proxy.strangerUrl }),
  });
  const frontUrl = await timed("front", front, (url) => url);
  await untilReady(supervisor, frontUrl);

  return {
    backend,
    frontUrl,
    backAddress,
    supervisor,
    async withoutBack(work) {
      await supervisor.stop("back");
      try {
        return await work();
      } finally {
        await startBack(supervisor, Number(backAddress.split(":").at(-1)), services);
        await untilReady(supervisor, frontUrl);
      }
    },
    stop: supervisor.stopAll,
  };
}

const readyTimeoutMs = 15_000;
const pollMs = 25;

/** Front is ready when it reaches back. @throws Error when it is not ready after 15 s, or when a service ends. */
export async function untilReady(supervisor: Pick<Supervisor, "failed">, frontUrl: string): Promise<void> {
  const deadline = performance.now() + readyTimeoutMs;
  while (!(await Promise.race([isReady(frontUrl), supervisor.failed]))) {
    if (performance.now() > deadline) throw new Error(`front did not reach back within ${readyTimeoutMs} ms`);
    await sleep(pollMs);
  }
}

async function isReady(frontUrl: string): Promise<boolean> {
  try {
    const response = await fetch(`${frontUrl}/readyz`, { signal: AbortSignal.timeout(1000) });
    return response.ok;
  } catch {
    return false;
  }
}
