/** A cell of many requests, with the benchmark's own parts: whether memory goes on growing. */
import { startPair } from "../../bench/pair.ts";
import { startSink } from "../../bench/sink-process.ts";
import { runSoak } from "../../bench/soak.ts";
import { createOutage, createVariants } from "../../bench/variants.ts";
import type { Stage } from "../fault.ts";
import type { Measured } from "../measured.ts";

export interface SoakFault {
  readonly backend: "works" | "refuses";
}

/** Memory is not measured before so many requests: Bun's heap finds its size. */
const BEFORE = 200_000;
const DURING = 1_000_000;

export async function runSoakCell({ backend }: SoakFault, { say }: Stage): Promise<Measured> {
  const sink = await startSink();
  const traced = createVariants(sink.url, 1).find(({ name }) => name === "traced");
  const pair = await startPair(backend === "works" && traced ? traced : createOutage(sink.url));
  let done = 0;
  try {
    const { slope } = await runSoak(pair, BEFORE, {
      requests: DURING,
      connections: 16,
      onProgress: (requests) => {
        done += requests;
        say(`${done} requests`);
      },
    });
    return { memory: { slope } };
  } finally {
    await pair.stop();
    sink.stop();
  }
}
