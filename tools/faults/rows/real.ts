/** A real Jaeger and a real Collector as the backend. */
import { type RealFault, runRealCell } from "../cells/real.ts";
import type { Fault } from "../fault.ts";
import { realJaeger } from "../real-backend.ts";

interface Row extends RealFault {
  readonly id: string;
  readonly what: string;
}

const stop: RealFault["start"] = async (backend) => {
  backend.signal("SIGSTOP");
  return async () => backend.signal("SIGCONT");
};

const rows: readonly Row[] = [
  {
    id: "jaeger-stopped",
    what: "is a real Jaeger, which is stopped for 3 s (SIGSTOP), and goes on",
    program: "jaeger",
    start: stop,
  },
  {
    id: "collector-stopped",
    what: "is a real Collector, which is stopped for 3 s (SIGSTOP), and goes on",
    program: "collector",
    start: stop,
  },
  {
    id: "collector-killed",
    what: "is a real Collector, which is killed, and started again after 3 s",
    program: "collector",
    start: async (backend) => {
      await backend.kill();
      return () => backend.restart();
    },
  },
  {
    id: "collector-away",
    what: "is a real Collector, which cannot reach its own backend for 3 s",
    program: "collector",
    start: async (_backend, receiver) => {
      await receiver.behave({ network: "refuse" });
      return () => receiver.behave({});
    },
  },
];

export const realFaults: readonly Fault[] = rows.map(({ id, what, ...fault }) => ({
  id,
  group: "backend",
  what,
  promises: [1, 2, 4, 6],
  run: async (stage) => {
    if (realJaeger === undefined) throw new Error("BATON_REAL_JAEGER is not set");
    return await runRealCell(fault, realJaeger, stage);
  },
}));
