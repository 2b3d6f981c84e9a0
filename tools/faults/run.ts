/** Runs the cells, one after the other, and judges them. */
import type { Fault, Stage } from "./fault.ts";
import { judge, type Verdict } from "./judge.ts";
import { warmUp } from "./load.ts";
import type { Measured } from "./measured.ts";
import { type Pair, startPair, type Variant } from "./pair.ts";
import { type Receiver, startReceiver } from "./receiver/start.ts";

export interface RowResult {
  readonly fault: Fault;
  readonly variant: Variant;
  readonly measured: Measured;
  readonly verdicts: readonly Verdict[];
  /** Why there is no measurement. */
  readonly error?: string;
}

export interface Runner extends AsyncDisposable {
  run(fault: Fault, variant: Variant): Promise<RowResult>;
}

export interface RunnerOptions {
  readonly short: boolean;
  readonly say: (doing: string) => void;
  /** How many times longer than promised things may take. @default 1 */
  readonly slack?: number;
}

export function createRunner({ short, say, slack = 1 }: RunnerOptions): Runner {
  const references = new Map<Variant, Promise<Reference>>();
  const referenceOf = async (variant: Variant): Promise<Pair> => {
    const known = await references.get(variant);
    // The rows that follow get another one where something has ended it.
    const isUsable = known !== undefined && !(await hasEnded(known.pair));
    if (isUsable) return known.pair;
    if (known !== undefined) await dispose(known);
    const started = startReference(variant, short);
    references.set(variant, started);
    return (await started).pair;
  };
  return {
    async run(fault, variant) {
      const stage: Stage = { short, variant, say, reference: () => referenceOf(variant) };
      try {
        const measured = await fault.run(stage);
        return { fault, variant, measured, verdicts: fault.promises.map((id) => judge(id, measured, slack)) };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        const verdicts = fault.promises.map((id) => judge(id, {}));
        return { fault, variant, measured: {}, verdicts, error: reason };
      }
    },
    async [Symbol.asyncDispose]() {
      for (const reference of references.values()) await dispose(await reference);
    },
  };
}

async function dispose({ pair, receiver }: Reference): Promise<void> {
  await pair[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
}

async function hasEnded({ front, back }: Pair): Promise<boolean> {
  return Number.isNaN((await front.rss()) + (await back.rss()));
}

interface Reference {
  readonly pair: Pair;
  readonly receiver: Receiver;
}

async function startReference(variant: Variant, short: boolean): Promise<Reference> {
  const receiver = await startReceiver("http/protobuf");
  const pair = await startPair({ variant, env: receiver.env });
  await warmUp(pair, { short });
  return { receiver, pair };
}
