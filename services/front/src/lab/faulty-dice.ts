/** A client of back that loses the context of a request, uses that of an earlier one, or does not find back. */
import { type Context, context, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import type { DiceClient } from "../dice-client.ts";
import { hasFault } from "./fault-context.ts";
import { SPAN_AROUND } from "./propagation.ts";

type Job = () => void;

/** Nothing listens there: port 9 discards, where it is open at all. */
const NOWHERE = "127.0.0.1:9";

/** @param connect Makes a client like the given one, for another address. */
export function createFaultyDice(dice: DiceClient, connect: (address: string) => DiceClient): DiceClient {
  const runOnWorker = startWorker();
  let kept: Context | undefined;

  const contextOf = (current: Context): Context => {
    if (!hasFault(current, "stale-context")) return current.setValue(SPAN_AROUND, traceparentOf(current));
    kept ??= current;
    const used = kept;
    // The second request uses it up, so that the next two show the fault again.
    if (used !== current) kept = undefined;
    return used;
  };
  return {
    ...dice,
    roll(request, limits) {
      const current = context.active();
      if (hasFault(current, "back-away")) {
        const away = connect(NOWHERE);
        return away.roll(request, limits).finally(away.close);
      }
      const call = () => dice.roll(request, limits);
      return hasFault(current, "context-lost") ? runOnWorker(call) : context.with(contextOf(current), call);
    },
  };
}

function traceparentOf(current: Context): string | undefined {
  const span = trace.getSpanContext(current);
  return span && `00-${span.traceId}-${span.spanId}-01`;
}

/**
 * A pool of one worker, as many programs have one: it was started before any request, so its jobs run in no request's
 * context.
 */
function startWorker() {
  const jobs: Job[] = [];
  let wake: Job = () => {};
  const loop = async () => {
    while (true) {
      for (let job = jobs.shift(); job; job = jobs.shift()) job();
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  void context.with(ROOT_CONTEXT, loop);
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    jobs.push(() => void work().then(resolve, reject));
    wake();
    return promise;
  };
}
