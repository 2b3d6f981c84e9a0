/** A bounded load: a few callers that send the next request some time after the last answer. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Scenario } from "@baton/demo/scenario";
import { type Answer, send } from "@baton/demo/send";
import { until } from "../until.ts";

export interface Outcome {
  readonly scenario: Scenario;
  /** `undefined` when there was no answer or an incomplete one. */
  readonly answer: Answer | undefined;
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface Load {
  readonly outcomes: readonly Outcome[];
  /** Waits until this many more requests ended as described. */
  more(count: number, description: string, is: (outcome: Outcome) => boolean): Promise<void>;
  /** Sends no more requests, and waits for the answers to those that were sent. */
  stop(): Promise<readonly Outcome[]>;
}

/** More than a check needs, and few enough that the queues of the services can hold all of their spans. */
const maxRequests = 1000;
const pauseMs = 20;

/** @param called One caller for each of these scenarios. */
export function startLoad(frontUrl: string, called: readonly Scenario[]): Load {
  const outcomes: Outcome[] = [];
  let isOver = false;
  const call = async (scenario: Scenario) => {
    while (!isOver && outcomes.length < maxRequests) {
      outcomes.push(await request(frontUrl, scenario));
      await sleep(pauseMs);
    }
  };
  const callers = called.map(call);
  return {
    outcomes,
    async more(count, description, is) {
      const from = outcomes.length;
      const reached = () => outcomes.slice(from).filter(is).length >= count || undefined;
      await until(`${count} more requests are ${description}`, reached);
    },
    async stop() {
      isOver = true;
      await Promise.all(callers);
      return outcomes;
    },
  };
}

export function hasStatus(status: number): (outcome: Outcome) => boolean {
  return ({ answer }) => answer?.status === status;
}

async function request(frontUrl: string, scenario: Scenario): Promise<Outcome> {
  const startedAt = performance.now();
  const answer = await send(frontUrl, scenario.request, {}).catch(() => undefined);
  return { scenario, answer, startedAt, endedAt: performance.now() };
}
