/** Ends the process on SIGTERM and SIGINT: in order on the first signal, at once on the second. */
import type { ServiceLog } from "./service-log.ts";

export interface StoppableService {
  /** Takes no new work, finishes running work and flushes. The service limits the time itself. */
  stop(): Promise<void>;
  readonly log: ServiceLog;
}

/**
 * On the first SIGTERM or SIGINT the service is stopped, then the process exits with 0, or with 1 if stopping failed.
 * On a second one it exits with 1 at once.
 */
export function exitOnSignals(service: StoppableService): void {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals) => {
    if (asked) {
      service.log.warn({ signal }, `${signal} again: exiting at once`);
      process.exit(1);
    }
    asked = true;
    service.log.info({ signal }, `${signal}: stopping`);
    void stopAndExit(service);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
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
