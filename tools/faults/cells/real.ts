/** A cell of a real Jaeger, or of a real Collector between the pair and the receiver. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@baton/tools/until";
import { sum } from "../../bench/statistics.ts";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { countWrong, startLoad, warmUp } from "../load.ts";
import type { Measured } from "../measured.ts";
import { startPair } from "../pair.ts";
import { type RealBackend, startCollector, startJaeger } from "../real-backend.ts";
import { type Receiver, startReceiver } from "../receiver/start.ts";

export interface RealFault {
  readonly program: "jaeger" | "collector";
  /** Makes the fault. @returns What ends it. */
  start(backend: RealBackend, receiver: Receiver): Promise<() => Promise<void>>;
}

const RATE = 50;
const LASTS_MS = 3000;
const RECOVERY_TIMEOUT_MS = 20_000;

export async function runRealCell({ program, start }: RealFault, binary: string, stage: Stage): Promise<Measured> {
  await using receiver = await startReceiver("http/protobuf");
  await using backend = await (program === "jaeger" ? startJaeger(binary) : startCollector(binary, receiver.url));
  const env = {
    ...receiver.env,
    OTEL_LOGS_EXPORTER: "none",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${backend.url}/v1/traces`,
  };
  await using pair = await startPair({ variant: stage.variant, env });
  await warmUp(pair, stage);
  await using load = startLoad([pair.url], RATE);
  const received = backend.stored ?? (async () => sum(Object.values((await receiver.counts()).accepted)));
  const heal = await start(backend, receiver);
  await sleep(LASTS_MS);
  await heal();
  const healedAt = performance.now();
  const before = await received();
  const recovered = await until("a batch is accepted", async () => (await received()) > before, {
    timeoutMs: RECOVERY_TIMEOUT_MS,
  }).catch(() => false);
  const ms = recovered ? performance.now() - healedAt : Number.POSITIVE_INFINITY;
  await load.stop();
  const end = await pair.end();
  return {
    requests: countWrong(load.samples),
    spans: {
      ...(await accountFor(receiver, [pair.front, pair.back])),
      received: await received(),
      answersLost: true,
    },
    end,
    recovery: { ms },
  };
}
