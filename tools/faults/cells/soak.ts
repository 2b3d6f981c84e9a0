/** A cell of many requests, with the benchmark's own parts: whether memory goes on growing. */
import { startPair } from "../../bench/pair.ts";
import type { SinkCounts } from "../../bench/sink.ts";
import { startSink } from "../../bench/sink-process.ts";
import { runSoak } from "../../bench/soak.ts";
import { createOutage, createVariants, senderOf, type Variant } from "../../bench/variants.ts";
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
  try {
    const traced = createVariants(sink.url, 1).find(({ name }) => name === "traced");
    const variant = backend === "works" ? traced : createOutage(sink.url);
    if (variant === undefined) throw new Error("the benchmark has no traced pair");
    const memory = await follow(variant, say);
    requireSpans(backend, (await sink.counts())[senderOf(variant.name, 1)]);
    return { memory };
  } finally {
    sink.stop();
  }
}

async function follow(variant: Variant, say: Stage["say"]): Promise<NonNullable<Measured["memory"]>> {
  const pair = await startPair(variant);
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
    return { slope };
  } finally {
    // It sends its last counts then.
    await pair.stop();
  }
}

/** @throws Error where the pair made no spans, or where the backend did not do what the row says. */
export function requireSpans(backend: SoakFault["backend"], counts: SinkCounts | undefined): void {
  const { made = 0, received = 0, dropped = 0, failed = 0 } = counts ?? {};
  const isRight = backend === "works" ? received > 0 : received === 0 && dropped + failed > 0;
  if (made === 0 || !isRight)
    throw new Error(`the backend ${backend}: ${made} spans made, ${received} received, ${dropped + failed} lost`);
}
