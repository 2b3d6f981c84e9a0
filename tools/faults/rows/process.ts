/** The faults of the process itself. */
import { type ProcessFault, runProcessCell } from "../cells/process.ts";
import { runSoakCell } from "../cells/soak.ts";
import type { Fault } from "../fault.ts";

interface Row extends ProcessFault {
  readonly id: string;
  readonly what: string;
  readonly short?: boolean;
}

const preload = (name: string): readonly string[] => [new URL(`../preload/${name}.ts`, import.meta.url).pathname];
const MB = 1024 * 1024;

const rows: readonly Row[] = [
  {
    id: "disk-full",
    what: "the disk for its log is full",
    service: { preload: preload("chatty"), output: { path: "/dev/full" } },
  },
  {
    id: "unread",
    what: "nobody reads its standard output",
    service: { preload: preload("chatty"), output: "unread" },
    // What waits for the reader, 8 MB of characters in each process, is in memory more than once.
    ownBytes: 2 * 32 * MB,
  },
  {
    id: "clock",
    what: "the clock jumps an hour, ahead and back",
    service: { preload: preload("clock") },
    each: ({ front, back }) => {
      front.signal("SIGUSR2");
      back.signal("SIGUSR2");
    },
    short: true,
  },
  {
    id: "stalls",
    what: "the event loop stands still for 50 ms, four times a second",
    service: { preload: preload("stalls") },
  },
  {
    id: "heap",
    what: "the heap is near its limit",
    service: { preload: preload("heap"), env: { BUN_JSC_forceRAMSize: String(128 * MB) } },
    ownBytes: 2 * 64 * MB,
  },
];

export const processFaults: readonly Fault[] = [
  ...rows.map(
    ({ id, what, short = false, ...fault }): Fault => ({
      id: `process-${id}`,
      group: "process",
      what,
      promises: [1, 2, 4, 5],
      short,
      run: (stage) => runProcessCell(fault, stage),
    }),
  ),
  {
    id: "process-million",
    group: "process",
    what: "a million requests, and the backend works",
    promises: [5],
    run: (stage) => runSoakCell({ backend: "works" }, stage),
  },
  {
    id: "process-million-outage",
    group: "process",
    what: "a million requests, and the backend refuses connections",
    promises: [5],
    run: (stage) => runSoakCell({ backend: "refuses" }, stage),
  },
];
