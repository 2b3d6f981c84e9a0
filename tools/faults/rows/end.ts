/** The ways in which a process ends. */
import { type EndFault, runEndCell, runNaturalEnd } from "../cells/end.ts";
import { runKilledCell } from "../cells/killed.ts";
import type { Fault } from "../fault.ts";

interface Row extends EndFault {
  readonly id: string;
  readonly what: string;
  readonly short?: boolean;
}

const rows: readonly Row[] = [
  { id: "sigterm", what: "SIGTERM", signals: ["SIGTERM"], codes: [0] },
  { id: "sigint", what: "SIGINT", signals: ["SIGINT"], codes: [0] },
  { id: "sigterm-twice", what: "SIGTERM twice", signals: ["SIGTERM", "SIGTERM"], codes: [0, 1] },
  { id: "sigint-twice", what: "SIGINT twice", signals: ["SIGINT", "SIGINT"], codes: [0, 1] },
  { id: "exit", what: "`process.exit(7)`", signals: ["SIGUSR2"], way: "exit", codes: [7], short: true },
  {
    id: "exception",
    what: "an uncaught exception",
    signals: ["SIGUSR2"],
    way: "exception",
    codes: [1],
    message: /the exception of the test/,
    short: true,
  },
  {
    id: "rejection",
    what: "an unhandled rejection",
    signals: ["SIGUSR2"],
    way: "rejection",
    codes: [1],
    message: /the rejection of the test/,
  },
];

const silent: readonly Row[] = [
  {
    id: "exit-silent",
    what: "`process.exit(7)`, and the backend never answers",
    signals: ["SIGUSR2"],
    way: "exit",
    codes: [7],
  },
  {
    id: "exception-silent",
    what: "an uncaught exception, and the backend never answers",
    signals: ["SIGUSR2"],
    way: "exception",
    codes: [1],
  },
];

export const endFaults: readonly Fault[] = [
  ...rows.map(
    ({ id, what, short = false, ...fault }): Fault => ({
      id: `end-${id}`,
      group: "end",
      what,
      promises: [3, 4],
      short,
      run: (stage) => runEndCell(fault, stage),
    }),
  ),
  { id: "end-natural", group: "end", what: "a script ends by itself", promises: [3], run: runNaturalEnd },
  ...silent.map(
    ({ id, what, ...fault }): Fault => ({
      id: `end-${id}`,
      group: "end",
      what,
      promises: [4],
      run: (stage) => runEndCell({ ...fault, behaviour: { network: "silent" } }, stage),
    }),
  ),
  {
    id: "end-sigkill",
    group: "end",
    what: "SIGKILL of back: front's part of each trace says that back's is missing",
    promises: [3],
    run: runKilledCell,
  },
];
