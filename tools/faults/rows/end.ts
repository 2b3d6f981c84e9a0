/** The ways in which a process ends. */
import { type EndFault, runEndCell, runNaturalEnd } from "../cells/end.ts";
import { runKilledCell } from "../cells/killed.ts";
import type { Fault } from "../fault.ts";
import type { PromiseId } from "../promises.ts";
import type { Behaviour } from "../receiver/behaviour.ts";

interface Row extends EndFault {
  readonly id: string;
  readonly what: string;
  readonly short?: boolean;
}

const rows: readonly Row[] = [
  { id: "sigterm", what: "SIGTERM", signal: "SIGTERM", codes: [0] },
  { id: "sigint", what: "SIGINT", signal: "SIGINT", codes: [0] },
  { id: "sigterm-twice", what: "SIGTERM twice", signal: "SIGTERM", twice: true, codes: [1] },
  { id: "sigint-twice", what: "SIGINT twice", signal: "SIGINT", twice: true, codes: [1] },
  { id: "exit", what: "`process.exit(7)`", signal: "SIGUSR2", way: "exit", codes: [7], short: true },
  {
    id: "exception",
    what: "an uncaught exception",
    signal: "SIGUSR2",
    way: "exception",
    codes: [1],
    message: /the exception of the test/,
    short: true,
  },
  {
    id: "rejection",
    what: "an unhandled rejection",
    signal: "SIGUSR2",
    way: "rejection",
    codes: [1],
    message: /the rejection of the test/,
  },
];

const silent: readonly Row[] = [
  {
    id: "exit-silent",
    what: "`process.exit(7)`, and the backend never answers",
    signal: "SIGUSR2",
    way: "exit",
    codes: [7],
  },
  {
    id: "exception-silent",
    what: "an uncaught exception, and the backend never answers",
    signal: "SIGUSR2",
    way: "exception",
    codes: [1],
    message: /the exception of the test/,
  },
];

const natural: readonly (readonly [id: string, what: string, promises: readonly PromiseId[], behaviour: Behaviour])[] =
  [
    ["natural", "a script ends by itself", [3, 4], {}],
    ["natural-refuses", "a script ends by itself, and the backend refuses connections", [4], { network: "refuse" }],
    ["natural-silent", "a script ends by itself, and the backend never answers", [4], { network: "silent" }],
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
  ...natural.map(
    ([id, what, promises, behaviour]): Fault => ({
      id: `end-${id}`,
      group: "end",
      what,
      promises,
      run: () => runNaturalEnd(behaviour),
    }),
  ),
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
