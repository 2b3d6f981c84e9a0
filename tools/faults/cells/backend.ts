/** A cell of the backend's faults: the pair under load while its backend behaves in some way, then not any more, then again. */
import { until } from "@baton/tools/until";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { isLate } from "../judge.ts";
import {
  burst,
  countWrong,
  type Difference,
  differenceOf,
  type Later,
  type PacedLoad,
  startLoad,
  warmUp,
} from "../load.ts";
import type { Measured } from "../measured.ts";
import { startPair } from "../pair.ts";
import type { Behaviour } from "../receiver/behaviour.ts";
import { type Protocol, type Receiver, startReceiver } from "../receiver/start.ts";

export interface BackendFault {
  readonly behaviour: Behaviour;
  readonly protocol?: Protocol;
  /** The receiver has a certificate that the services do not trust. */
  readonly tls?: boolean;
  /** More variables for the services. */
  readonly env?: Readonly<Record<string, string>>;
  /** The receiver can have taken a batch whose answer did not arrive. */
  readonly answersLost?: boolean;
  /** It does not go away: nothing can be measured afterwards. */
  readonly permanent?: boolean;
  /** Nothing may be lost in spite of it. */
  readonly harmless?: boolean;
}

/** Requests in a second to each pair. */
const RATE = 100;
const RECOVERY_TIMEOUT_MS = 20_000;
/** A latency that is too high is measured again so often before it counts. */
const REPEATS = 2;

export async function runBackendCell(fault: BackendFault, stage: Stage): Promise<Measured> {
  const {
    behaviour,
    protocol = "http/protobuf",
    tls = false,
    env = {},
    answersLost = false,
    permanent = false,
    harmless = false,
  } = fault;
  const reference = await stage.reference();
  await using receiver = await startReceiver(protocol, { tls });
  await using pair = await startPair({ variant: stage.variant, env: { ...receiver.env, ...env } });
  await warmUp(pair, stage);

  await using load = startLoad([pair.url, reference.url], RATE);
  const before = await watchFor(load, stage);
  stage.say("the fault is on");
  await receiver.behave(behaviour);
  const later = await watchLatency(load, before, stage);
  const size = stage.short ? 600 : 3000;
  const [lostInBurst] = await Promise.all([problemOf(burst(pair, size)), burst(reference, size)]);
  const moreBytes = (await pair.rss()) - (await reference.rss());
  const { faults } = await receiver.counts();

  stage.say("the fault is over");
  const recovery = permanent ? undefined : await recover(receiver);
  await load.stop();
  stage.say("the end");
  await receiver.behave(behaviour);
  await burst(pair, 200);
  const end = await pair.end();
  const { asked, wrong } = countWrong(load.samples.filter((sample) => sample.pair === 0));
  const spans = await accountFor(receiver, [pair.front, pair.back]);
  requireFault(fault, faults, spans.received);
  return {
    requests: { asked, wrong: { ...wrong, ...(lostInBurst && { [lostInBurst]: 1 }) }, later },
    spans: { ...spans, answersLost },
    ...(harmless && { last: { ended: spans.made, arrived: spans.received, problems: [] } }),
    memory: { moreBytes },
    end,
    ...(recovery && { recovery }),
  };
}

/**
 * @param faults How often the services felt the behaviour.
 * @throws Error where the fault that the row is about was not made: then its promises are easy to keep.
 */
export function requireFault({ behaviour, permanent = false }: BackendFault, faults: number, received: number): void {
  if (permanent && received > 0)
    throw new Error(`the fault was not made: ${received} spans were received in spite of it`);
  if (Object.keys(behaviour).length > 0 && faults === 0)
    throw new Error(`the fault was not made: ${JSON.stringify(behaviour)} has hit nothing`);
}

/** @returns What went wrong, if anything did. */
function problemOf(work: Promise<void>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error) => String(error),
  );
}

/** Long enough for several batches to fail; longer when the answers seem to be late. */
async function watchLatency(load: PacedLoad, before: Difference, stage: Stage): Promise<Later> {
  const from = load.samples.length;
  for (let tries = 1; ; tries++) {
    await watchFor(load, stage);
    const later = { before, during: differenceOf(load.samples.slice(from)) };
    if (tries > REPEATS || !isLate(later)) return later;
  }
}

/** The difference of the two pairs from now on, for some seconds. */
async function watchFor({ samples }: PacedLoad, { short }: Stage): Promise<Difference> {
  const from = samples.length;
  const wanted = from + (short ? 2 : 8) * RATE * 2;
  await until("the load goes on", () => samples.length >= wanted, { timeoutMs: 60_000 });
  return differenceOf(samples.slice(from));
}

/** Milliseconds from the end of the fault until a span is accepted that ended after it, while requests go on. */
async function recover(receiver: Receiver): Promise<{ readonly ms: number }> {
  await receiver.behave({});
  const healedAt = Date.now();
  const accepted = await until("a new span is accepted", async () => (await receiver.counts()).firstAcceptedAt, {
    timeoutMs: RECOVERY_TIMEOUT_MS,
  }).catch(() => Number.POSITIVE_INFINITY);
  return { ms: Math.max(0, accepted - healedAt) };
}
