/** What the benchmark is doing and how far it is: one line that is overwritten, or a line for each phase. */

export interface Progress {
  /** Begins the next phase. `total` is in the unit of `add`. */
  readonly phase: (name: string, total: number) => void;
  readonly add: (done: number) => void;
  /** What the phase does now, for a terminal. */
  readonly say: (doing: string) => void;
  readonly end: () => void;
}

const BAR_WIDTH = 30;

export function createProgress(phases: number): Progress {
  const startedAt = performance.now();
  const minutes = (): string => `${((performance.now() - startedAt) / 60_000).toFixed(1)} min`;
  let current = { number: 0, name: "", done: 0, total: 1 };
  const write = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  const show = (): void => {
    const { number, name, done, total } = current;
    const share = Math.min(1, done / total);
    const bar = "#".repeat(Math.round(share * BAR_WIDTH)).padEnd(BAR_WIDTH, ".");
    write(`${number} of ${phases} [${bar}] ${name}, ${Math.round(share * 100)} %, ${minutes()} so far`);
  };
  return {
    phase: (name, total) => {
      current = { number: current.number + 1, name, done: 0, total };
      show();
      if (!process.stderr.isTTY) process.stderr.write(`${current.number} of ${phases}, after ${minutes()}: ${name}\n`);
    },
    add: (done) => {
      current.done += done;
      show();
    },
    say: (doing) => {
      current.name = doing;
      show();
    },
    end: () => write(""),
  };
}
