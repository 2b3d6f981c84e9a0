/** A cell of a real Collector between the pair and the receiver. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@baton/tools/until";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { countWrong, startLoad, warmUp } from "../load.ts";
import type { Measured } from "../measured.ts";
import { startPair } from "../pair.ts";
import { type Collector, startCollector } from "../real-collector.ts";
import { type Receiver, startReceiver } from "../receiver/start.ts";

export interface CollectorFault {
  /** Makes the fault. @returns What ends it. */
  start(collector: Collector, receiver: Receiver): Promise<() => Promise<void>>;
}

const RATE = 50;
const LASTS_MS = 3000;
const RECOVERY_TIMEOUT_MS = 20_000;

export async function runCollectorCell({ start }: CollectorFault, binary: string, stage: Stage): Promise<Measured> {
  await using receiver = await startReceiver("http/protobuf");
  await using collector = await startCollector(binary, receiver.url);
  const env = {
    ...receiver.env,
    OTEL_LOGS_EXPORTER: "none",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces`,
  };
  await using pair = await startPair({ variant: stage.variant, env });
  await warmUp(pair, stage);
  await using load = startLoad([pair.url], RATE);
  const heal = await start(collector, receiver);
  await sleep(LASTS_MS);
  await heal();
  await receiver.behave({});
  const healedAt = performance.timeOrigin + performance.now();
  const acceptedAt = await until("a batch is accepted", async () => (await receiver.counts()).firstAcceptedAt, {
    timeoutMs: RECOVERY_TIMEOUT_MS,
  }).catch(() => Number.POSITIVE_INFINITY);
  await load.stop();
  const end = await pair.end();
  return {
    requests: countWrong(load.samples),
    spans: { ...(await accountFor(receiver, [pair.front, pair.back])), answersLost: true },
    end,
    recovery: { ms: Math.max(0, acceptedAt - healedAt) },
  };
}
