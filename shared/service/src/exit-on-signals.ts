/** Ends the process on SIGTERM and SIGINT: in order on the first signal, at once on the second. */
import type { ServiceLog } from "./service-log.ts";

export interface StoppableService {
  /**
   * Takes no new work, finishes running work and flushes. The service limits the time itself.
   * @param timeoutMs Milliseconds that running work may take. @default as the service is configured
   */
  stop(timeoutMs?: number): Promise<void>;
  readonly log: ServiceLog;
}

/** State that a reload by `bun --hot` keeps. It runs all modules again in one process, so only the global object stays. */
interface Process {
  /** The service of the newest load. */
  service?: StoppableService;
  /** How many signals were received. `undefined` before the listeners are added. */
  signals?: number;
}

const key = Symbol.for("@baton/service");
const globals = globalThis as { [key]?: Process };
globals[key] ??= {};
const thisProcess = globals[key];

/**
 * On the first SIGTERM or SIGINT the service is stopped, then the process exits with 0, or with 1 if stopping failed.
 * On a second one it exits with 1 at once.
 */
export function exitOnSignals(service: StoppableService): void {
  thisProcess.service = service;
  if (thisProcess.signals !== undefined) return;
  thisProcess.signals = 0;
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
}

/**
 * Stops the service that an earlier load has started, so that its port and its telemetry's globals are free again. Does
 * nothing the first time.
 */
export async function endEarlierLoad(): Promise<void> {
  const { service } = thisProcess;
  delete thisProcess.service;
  await service?.stop(0);
}

function onSignal(signal: NodeJS.Signals): void {
  const { service, signals = 0 } = thisProcess;
  thisProcess.signals = signals + 1;
  if (service === undefined) process.exit(1);
  if (signals > 0) {
    service.log.warn({ signal }, `${signal} again: exiting at once`);
    process.exit(1);
  }
  service.log.info({ signal }, `${signal}: stopping`);
  void stopAndExit(service);
}

async function stopAndExit(service: StoppableService): Promise<never> {
  try {
    await service.stop();
  } catch (error) {
    service.log.error({ err: error }, "stopping failed");
    process.exit(1);
  }
  process.exit(0);
}
