/** A cell of front's callers: some of them misbehave while others send the usual requests. */
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { countWrong, startLoad, warmUp } from "../load.ts";
import type { Measured } from "../measured.ts";
import { type Pair, startPair } from "../pair.ts";
import { startReceiver } from "../receiver/start.ts";

export interface CallersFault {
  /** Misbehaves. @returns What is still open, until the services have ended. */
  misbehave(pair: Pair, stage: Stage): Promise<AsyncDisposable | undefined>;
  /** What requests that are in flight may use, in bytes. @default 0 */
  readonly ownBytes?: number;
}

const RATE = 50;
/** How long requests in flight may take at the end, in milliseconds. */
const IN_FLIGHT_MS = 500;

export async function runCallersCell({ misbehave, ownBytes = 0 }: CallersFault, stage: Stage): Promise<Measured> {
  const reference = await stage.reference();
  await using receiver = await startReceiver("http/protobuf");
  await using pair = await startPair({
    variant: stage.variant,
    env: { ...receiver.env, SHUTDOWN_TIMEOUT_MS: String(IN_FLIGHT_MS) },
  });
  await warmUp(pair, stage);
  await using load = startLoad([pair.url], RATE);
  const open = await misbehave(pair, stage);
  const moreBytes = (await pair.rss()) - (await reference.rss()) - ownBytes;
  await load.stop();
  const end = await pair.end();
  await open?.[Symbol.asyncDispose]();
  const errors = [pair.front, pair.back].flatMap(({ name, log }) => log.errors().map((line) => `${name}: ${line}`));
  const { asked, wrong } = countWrong(load.samples);
  return {
    requests: {
      asked,
      wrong: { ...wrong, ...(errors[0] && { [`an error in the log, ${errors[0]}`]: errors.length }) },
    },
    spans: await accountFor(receiver, [pair.front, pair.back]),
    memory: { moreBytes },
    end: { ...end, ms: Math.max(0, end.ms - IN_FLIGHT_MS) },
  };
}
