/** Keeps a set of parts: knows which should run, and tells when one that should does not. */
import { describeExit, type Part, PartFailedError, type PartOptions, startPart } from "./part.ts";

export interface Supervisor {
  /** @throws PartFailedError when the part does not get as far as listening; Error after `stopAll`. */
  start(options: PartOptions): Promise<Part>;
  /** Stops the part of this name, if it runs. */
  stop(name: string): Promise<void>;
  /** Kills the part of this name, if it runs, as a crash would. */
  kill(name: string): Promise<void>;
  /** Stops all, the one started last first, so that each outlives those that need it. Nothing starts afterwards. */
  stopAll(): Promise<void>;
  running(): readonly Part[];
  /** Rejects with a PartFailedError when a part ends that nobody stopped. */
  readonly failed: Promise<never>;
}

export function createSupervisor(): Supervisor {
  const running: Part[] = [];
  const starting = new Set<Promise<Part>>();
  let closed = false;
  const failure = Promise.withResolvers<never>();
  // Who waits for it hears of it; nobody has to.
  failure.promise.catch(() => {});

  const forget = (part: Part): boolean => {
    const index = running.indexOf(part);
    if (index !== -1) running.splice(index, 1);
    return index !== -1;
  };
  const stopPart = async (part: Part) => {
    forget(part);
    await part.stop();
  };
  const find = (name: string) => running.find((candidate) => candidate.name === name);
  return {
    async start(options) {
      if (closed) throw new Error(`${options.name} is not started: everything is being stopped`);
      const start = startPart(options);
      starting.add(start);
      try {
        const part = await start;
        running.push(part);
        void part.exited.then((exit) => {
          if (forget(part)) failure.reject(new PartFailedError(part.name, describeExit(exit), part.output()));
        });
        return part;
      } finally {
        starting.delete(start);
      }
    },
    async stop(name) {
      const part = find(name);
      if (part !== undefined) await stopPart(part);
    },
    async kill(name) {
      const part = find(name);
      if (part === undefined) return;
      forget(part);
      await part.kill();
    },
    async stopAll() {
      closed = true;
      await Promise.allSettled(starting);
      for (const part of running.toReversed()) await stopPart(part);
    },
    running: () => [...running],
    failed: failure.promise,
  };
}
