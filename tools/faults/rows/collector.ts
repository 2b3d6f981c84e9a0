/** A real Collector as the backend, where one is found. */
import { type CollectorFault, runCollectorCell } from "../cells/collector.ts";
import type { Fault } from "../fault.ts";
import { realCollector } from "../real-collector.ts";

interface Row extends CollectorFault {
  readonly id: string;
  readonly what: string;
}

const rows: readonly Row[] = [
  {
    id: "killed",
    what: "is killed, and started again after 3 s",
    start: async (collector) => {
      await collector.kill();
      return () => collector.restart();
    },
  },
  {
    id: "stopped",
    what: "is stopped for 3 s (SIGSTOP), and goes on",
    start: async (collector) => {
      collector.signal("SIGSTOP");
      return async () => collector.signal("SIGCONT");
    },
  },
  {
    id: "away",
    what: "cannot reach its own backend for 3 s",
    start: async (_collector, receiver) => {
      await receiver.behave({ network: "refuse" });
      return () => receiver.behave({});
    },
  },
];

function withCollector(binary: string): readonly Fault[] {
  return rows.map(({ id, what, ...fault }) => ({
    id: `collector-${id}`,
    group: "backend",
    what: `is a real Collector, which ${what}`,
    promises: [1, 2, 4, 6],
    run: (stage) => runCollectorCell(fault, binary, stage),
  }));
}

export const collectorFaults: readonly Fault[] = realCollector === undefined ? [] : withCollector(realCollector);
