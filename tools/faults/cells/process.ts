/** A cell of the process's own faults: the pair under load while the process is disturbed. */
import { setTimeout as sleep } from "node:timers/promises";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { burst, countWrong, startLoad, warmUp } from "../load.ts";
import type { Measured } from "../measured.ts";
import { type Pair, startPair } from "../pair.ts";
import { FAULTS_MADE } from "../preload/report.ts";
import { startReceiver } from "../receiver/start.ts";
import type { Service, ServiceOptions } from "../service.ts";

export interface ProcessFault {
  /** How both services are started. */
  readonly service: Partial<ServiceOptions>;
  /** What happens four times, a second apart. */
  readonly each?: (pair: Pair) => void;
  /** More resident memory is wanted: the fault itself uses it. In bytes. @default 0 */
  readonly ownBytes?: number;
}

const RATE = 100;
const TIMES = 4;

export async function runProcessCell({ service, each, ownBytes = 0 }: ProcessFault, stage: Stage): Promise<Measured> {
  const reference = await stage.reference();
  await using receiver = await startReceiver("http/protobuf");
  await using pair = await startPair({ variant: stage.variant, env: receiver.env, front: service, back: service });
  await warmUp(pair, stage);
  await using load = startLoad([pair.url], RATE);
  for (let times = 0; times < TIMES; times++) {
    each?.(pair);
    await sleep(1000);
  }
  await Promise.all([pair, reference].map((one) => burst(one, 2000)));
  const moreBytes = (await pair.rss()) - (await reference.rss()) - ownBytes;
  await load.stop();
  const end = await pair.end();
  for (const service of [pair.front, pair.back]) requireFault(service);
  const { impossible } = await receiver.counts();
  return {
    requests: countWrong(load.samples),
    spans: { ...(await accountFor(receiver, [pair.front, pair.back])), impossible },
    memory: { moreBytes },
    end,
  };
}

/** @throws Error where the process does not say, at its end, that it was disturbed. */
export function requireFault({ name, log }: Pick<Service, "name" | "log">): void {
  const [line = ""] = log.errors().filter((text) => text.startsWith(FAULTS_MADE));
  if (!(Number(line.slice(FAULTS_MADE.length)) > 0)) throw new Error(`the fault was not made: ${name} said "${line}"`);
}
