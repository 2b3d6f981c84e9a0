/** A cell of the ways in which a process ends: what ended before it did must arrive. No batch is sent before. */
import { until } from "@baton/tools/until";
import { sum } from "../../bench/statistics.ts";
import type { Stage } from "../fault.ts";
import { ask, PATH } from "../load.ts";
import type { Measured } from "../measured.ts";
import { type Pair, startPair } from "../pair.ts";
import type { Behaviour } from "../receiver/behaviour.ts";
import { type Receiver, startReceiver } from "../receiver/start.ts";
import { root } from "../service.ts";

export interface EndFault {
  /** Signals that both processes get, one after the other at once. */
  readonly signals: readonly NodeJS.Signals[];
  /** What SIGUSR2 makes the application do. */
  readonly way?: "exit" | "exception" | "rejection";
  /** Exit codes that are right. */
  readonly codes: readonly number[];
  /** What standard error has to say. */
  readonly message?: RegExp;
  /** How the backend behaves at the end. @default it works */
  readonly behaviour?: Behaviour;
}

const REQUESTS = 100;
/** Two in front and two in back. */
const SPANS_PER_REQUEST = 4;
const preload = [new URL("../preload/end-by-itself.ts", import.meta.url).pathname];

export async function runEndCell(fault: EndFault, stage: Stage): Promise<Measured> {
  const { signals, way, codes, message, behaviour } = fault;
  await using receiver = await startReceiver("http/protobuf");
  const env = { ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: "60000", ...(way && { FAULT_END: way }) };
  await using pair = await startPair({ variant: stage.variant, env, front: { preload }, back: { preload } });
  const before = await spansOf(receiver);
  for (let index = 0; index < REQUESTS; index++) await ask(pair.url + PATH);
  const ended = REQUESTS * SPANS_PER_REQUEST;
  await until("the spans have ended", async () => (await spansOf(receiver)) === before + ended, { timeoutMs: 10_000 });
  if (behaviour) await receiver.behave(behaviour);
  const [first = "SIGTERM", ...more] = signals;
  const ending = pair.end(first);
  for (const signal of more) for (const service of [pair.front, pair.back]) service.signal(signal);
  const end = await ending;
  const arrived = sum(Object.values((await receiver.counts()).accepted));
  return {
    last: { ended: before + ended, arrived, problems: problemsOf(pair, end.codes, codes, message) },
    // A code that is right here is no failure.
    end: { ms: end.ms, codes: end.codes.map((code) => (code !== null && codes.includes(code) ? 0 : code)) },
  };
}

function problemsOf(
  { front, back }: Pair,
  found: readonly (number | null)[],
  codes: readonly number[],
  message: RegExp | undefined,
): string[] {
  const wrong = found.filter((code) => code === null || !codes.includes(code));
  const silent = [front, back].filter(({ log }) => message && !log.errors().some((line) => message.test(line)));
  return [
    ...(wrong.length > 0 ? [`exit codes ${found.join(", ")}`] : []),
    ...silent.map(({ name }) => `${name} did not print its error`),
  ];
}

/** Spans that wait in the queues of both. */
async function spansOf(receiver: Receiver): Promise<number> {
  const { ledger } = await receiver.counts();
  return sum(Object.values(ledger).map(({ waiting }) => waiting));
}

/** A script that ends by itself. */
export async function runNaturalEnd(): Promise<Measured> {
  await using receiver = await startReceiver("http/protobuf");
  const script = new URL("../preload/natural-end.ts", import.meta.url).pathname;
  const startedAt = performance.now();
  const child = Bun.spawn([process.execPath, script], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: "60000" },
    stdout: "ignore",
    stderr: "inherit",
  });
  const code = await child.exited;
  const ms = performance.now() - startedAt;
  const { accepted, ledger } = await receiver.counts();
  const problems = code === 0 ? [] : [`exit code ${code}`];
  return {
    last: {
      ended: sum(Object.values(ledger).map(({ made }) => made)),
      arrived: sum(Object.values(accepted)),
      problems,
    },
    end: { ms, codes: [] },
  };
}
