/** Keeps a set of processes, knows which of them should run, and reports one that ended by itself. */
import {
  type ChildProcess,
  type ChildProcessOptions,
  describeExit,
  ProcessFailedError,
  startChildProcess,
} from "./child-process.ts";

export interface Supervisor {
  /** @throws ProcessFailedError when the process does not listen in time; Error after `stopAll`. */
  start(options: ChildProcessOptions): Promise<ChildProcess>;
  /** Stops the process with this name, if it runs. */
  stop(name: string): Promise<void>;
  /** Kills the process with this name, if it runs, as a crash would. */
  kill(name: string): Promise<void>;
  /**
   * Stops all processes, the last started first, because it needs the others. One that was started again keeps its place.
   * Nothing starts afterwards.
   */
  stopAll(): Promise<void>;
  running(): readonly ChildProcess[];
  /** Rejects with a ProcessFailedError when a process ends that nobody stopped. */
  readonly failed: Promise<never>;
}

export function createSupervisor(): Supervisor {
  const running: ChildProcess[] = [];
  const starting = new Set<Promise<ChildProcess>>();
  /** The names, in the order of their first start. */
  const names = new Set<string>();
  let closed = false;
  const failure = Promise.withResolvers<never>();
  // Without this a failure that nobody waits for would be an unhandled rejection.
  failure.promise.catch(() => {});

  const forget = (child: ChildProcess): boolean => {
    const index = running.indexOf(child);
    if (index !== -1) running.splice(index, 1);
    return index !== -1;
  };
  const find = (name: string) => running.find((candidate) => candidate.name === name);
  const stopNamed = async (name: string) => {
    const child = find(name);
    if (child === undefined) return;
    forget(child);
    await child.stop();
  };
  return {
    async start(options) {
      if (closed) throw new Error(`${options.name} is not started: everything is being stopped`);
      names.add(options.name);
      const start = startChildProcess(options);
      starting.add(start);
      try {
        const child = await start;
        running.push(child);
        void child.exited.then((exit) => {
          if (forget(child)) failure.reject(new ProcessFailedError(child.name, describeExit(exit), child.output()));
        });
        return child;
      } finally {
        starting.delete(start);
      }
    },
    stop: stopNamed,
    async kill(name) {
      const child = find(name);
      if (child === undefined) return;
      forget(child);
      await child.kill();
    },
    async stopAll() {
      closed = true;
      await Promise.allSettled(starting);
      for (const name of [...names].toReversed()) await stopNamed(name);
    },
    running: () => [...running],
    failed: failure.promise,
  };
}
