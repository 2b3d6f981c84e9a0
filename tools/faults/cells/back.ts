/** A cell of back's faults: the pair under load while back or the way to it fails, and afterwards. */
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "@baton/tools/until";
import { sum } from "../../bench/statistics.ts";
import { accountFor } from "../account.ts";
import type { Stage } from "../fault.ts";
import { countWrong, type PacedLoad, startLoad, warmUp } from "../load.ts";
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
/** Front answers so when back does not: that is honest, and no answer is lost. */
const HONEST = /^status 50[34]$/;
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
  const recovery = { ms: await recoveryOf(load) };
  await load.stop();
  const end = await pair.end();
  const { asked, wrong } = countWrong(load.samples);
  const dishonest = Object.entries(wrong).filter(([what]) => !HONEST.test(what));
  const refused = sum(Object.values(wrong)) - sum(dishonest.map(([, count]) => count));
  return {
    requests: { asked, refused, wrong: Object.fromEntries(dishonest) },
    spans: await accountFor(receiver, fault.backIsKilled ? [pair.front] : [pair.front, pair.back]),
    end,
    recovery,
  };
}

/** Milliseconds from now to the end of the last answer that is wrong, while requests go on. */
async function recoveryOf({ samples }: PacedLoad): Promise<number> {
  const healedAt = performance.now();
  const sentSince = () => samples.filter(({ sentAt }) => sentAt > healedAt);
  const recovered = await until(
    "the answers are right",
    () => {
      const last = sentSince().slice(-RIGHT_IN_A_ROW);
      return last.length === RIGHT_IN_A_ROW && last.every(({ wrong }) => wrong === undefined);
    },
    { timeoutMs: RECOVERY_TIMEOUT_MS },
  ).catch(() => false);
  if (!recovered) return Number.POSITIVE_INFINITY;
  const lastWrong = sentSince().findLast(({ wrong }) => wrong !== undefined);
  return lastWrong === undefined ? 0 : lastWrong.sentAt + lastWrong.ms - healedAt;
}
