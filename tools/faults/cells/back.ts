/** A cell of back's faults: the pair under load while back or the way to it fails, and afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@baton/tools/until";
import { sum } from "../../bench/statistics.ts";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { countWrong, type PacedLoad, type Sample, startLoad, warmUp } from "../load.ts";
import type { Measured } from "../measured.ts";
import { type Pair, type PairOptions, startPair } from "../pair.ts";
import { startTcpProxy, type TcpProxy } from "../proxy.ts";
import { startReceiver } from "../receiver/start.ts";

export interface BackFault {
  /** Makes the fault. @returns What ends it, unless it ends by itself. */
  start(place: Place): Promise<(() => Promise<void>) | undefined>;
  /** Milliseconds. @default 3000 */
  readonly lastsMs?: number;
  readonly back?: PairOptions["back"];
  /** Back itself could not count its spans to the end. */
  readonly backIsKilled?: boolean;
}

export interface Place {
  readonly pair: Pair;
  /** Between front and back. */
  readonly proxy: TcpProxy;
}

const RATE = 100;
/** Front answers so when back does not: no answer is lost. */
const SAYS_BACK_IS_AWAY = /^status 50[34]$/;
const RECOVERY_TIMEOUT_MS = 15_000;
/** So many right answers in a row are a recovery. */
const RIGHT_IN_A_ROW = 100;

export async function runBackCell(fault: BackFault, stage: Stage): Promise<Measured> {
  await using receiver = await startReceiver("http/protobuf");
  await using resources = new AsyncDisposableStack();
  let proxy: TcpProxy | undefined;
  await using pair = await startPair({
    variant: stage.variant,
    env: { ...receiver.env, SHUTDOWN_TIMEOUT_MS: "500" },
    ...(fault.back && { back: fault.back }),
    backAddress: async (port) => {
      proxy = resources.use(await startTcpProxy(port));
      return proxy.address;
    },
  });
  if (proxy === undefined) throw new Error("front was started without a proxy");
  await warmUp(pair, stage);
  await using load = startLoad([pair.url], RATE);
  stage.say("the fault is on");
  const heal = await fault.start({ pair, proxy });
  if (heal !== undefined) {
    await sleep(fault.lastsMs ?? 3000);
    await heal();
  }
  stage.say("the fault is over");
  const healedAt = performance.now();
  const recovered = await untilRight(load, healedAt);
  await load.stop();
  const end = await pair.end();
  const { asked, wrong } = countWrong(load.samples);
  requireFault(wrong);
  const wrongAnswers = Object.entries(wrong).filter(([what]) => !SAYS_BACK_IS_AWAY.test(what));
  const refused = sum(Object.values(wrong)) - sum(wrongAnswers.map(([, count]) => count));
  return {
    requests: { asked, refused, wrong: Object.fromEntries(wrongAnswers) },
    spans: await accountFor(receiver, fault.backIsKilled ? [pair.front] : [pair.front, pair.back]),
    end,
    recovery: { ms: recovered ? lastWrongAfter(load.samples, healedAt) : Number.POSITIVE_INFINITY },
  };
}

/** @throws Error where every answer was right: each fault of back stands in the way of some requests. */
export function requireFault(wrong: Readonly<Record<string, number>>): void {
  if (sum(Object.values(wrong)) === 0) throw new Error("the fault was not made: back answered every request");
}

/** @returns Whether the answers are right in the end, while requests go on. */
function untilRight({ samples }: PacedLoad, healedAt: number): Promise<boolean> {
  return until(
    "the answers are right",
    () => {
      const last = samples.filter(({ sentAt }) => sentAt > healedAt).slice(-RIGHT_IN_A_ROW);
      return last.length === RIGHT_IN_A_ROW && last.every(({ wrong }) => wrong === undefined);
    },
    { timeoutMs: RECOVERY_TIMEOUT_MS },
  ).catch(() => false);
}

/** Milliseconds from this time to the end of the last wrong answer. The request may have been sent before it. */
export function lastWrongAfter(samples: readonly Sample[], healedAt: number): number {
  const ends = samples.filter(({ wrong }) => wrong !== undefined).map(({ sentAt, ms }) => sentAt + ms - healedAt);
  return Math.max(0, ...ends);
}
