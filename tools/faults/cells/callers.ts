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
  /** Requests that never end by themselves are in flight at the end. @default false */
  readonly inFlight?: boolean;
}

const RATE = 50;
/** How long requests in flight may take at the end, in milliseconds. */
const IN_FLIGHT_MS = 500;
/** Shorter than the default: a row waits for it. */
const BODY_TIMEOUT_MS = 10_000;

export async function runCallersCell(fault: CallersFault, stage: Stage): Promise<Measured> {
  const { misbehave, ownBytes = 0, inFlight = false } = fault;
  const reference = await stage.reference();
  await using receiver = await startReceiver("http/protobuf");
  await using pair = await startPair({
    variant: stage.variant,
    env: {
      ...receiver.env,
      SHUTDOWN_TIMEOUT_MS: String(IN_FLIGHT_MS),
      BODY_TIMEOUT_MS: String(BODY_TIMEOUT_MS),
    },
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
      due: load.due,
      wrong: { ...wrong, ...(errors[0] && { [`an error in the log, ${errors[0]}`]: errors.length }) },
    },
    spans: await accountFor(receiver, [pair.front, pair.back]),
    memory: { moreBytes },
    end: { ...end, ms: Math.max(0, end.ms - (inFlight ? IN_FLIGHT_MS : 0)) },
  };
}
