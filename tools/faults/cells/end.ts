/** A cell of the ways in which a process ends: what ended before it did must arrive. No batch is sent before. */
import { until } from "@baton/tools/until";
import { sum } from "../../bench/statistics.ts";
import type { Stage } from "../fault.ts";
import { ask, PATH } from "../load.ts";
import type { Measured } from "../measured.ts";
import { type Pair, startPair } from "../pair.ts";
import type { Behaviour } from "../receiver/behaviour.ts";
import { type Receiver, startReceiver } from "../receiver/start.ts";
import { root, type Service } from "../service.ts";
import { head, openSockets } from "../sockets.ts";

export interface EndFault {
  /** What both processes get. */
  readonly signal: NodeJS.Signals;
  /** They get it again when they have begun to stop. A call that runs keeps them from ending before. @default false */
  readonly twice?: boolean;
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
/** Back has a span for its one throw. Its call and the request wait for more. */
const UNFINISHED_TALLY = `${head("POST /rolldice/tally", "Content-Length: 1000")}{"player":"ann"}\n`;
const preload = [new URL("../preload/end-by-itself.ts", import.meta.url).pathname];

export async function runEndCell(fault: EndFault, stage: Stage): Promise<Measured> {
  const { signal, twice = false, way, codes, message, behaviour } = fault;
  await using receiver = await startReceiver("http/protobuf");
  const env = { ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: "60000", ...(way && { FAULT_END: way }) };
  await using pair = await startPair({ variant: stage.variant, env, front: { preload }, back: { preload } });
  const before = await spansOf(receiver);
  for (let index = 0; index < REQUESTS; index++) await ask(pair.url + PATH);
  await using held = twice ? await openSockets(pair.front.port, 1, () => UNFINISHED_TALLY) : undefined;
  const ended = before + REQUESTS * SPANS_PER_REQUEST + (held ? 1 : 0);
  await until("the spans have ended", async () => (await spansOf(receiver)) === ended, { timeoutMs: 10_000 });
  if (behaviour) await receiver.behave(behaviour);
  const ending = pair.end(signal);
  if (twice) await signalAgain(pair, signal);
  const end = await ending;
  const arrived = sum(Object.values((await receiver.counts()).accepted));
  const isRight = end.codes.every((code) => code !== null && codes.includes(code));
  const silent = silenceOf(pair, message);
  return {
    last: {
      ended,
      // Where one of the two is gone first, the call that is held ends in the other one: its spans are not counted.
      arrived: twice ? Math.min(arrived, ended) : arrived,
      problems: [...(isRight ? [] : [`exit codes ${end.codes.join(", ")}`]), ...silent],
    },
    end: { ...end, expected: codes, problems: silent },
  };
}

async function signalAgain({ front, back }: Pair, signal: NodeJS.Signals): Promise<void> {
  const isStopping = ({ log }: Service): boolean => log.tail().some((line) => line.includes(`${signal}: stopping`));
  await until("both have begun to stop", () => isStopping(front) && isStopping(back), { pollMs: 5 });
  for (const service of [front, back]) service.signal(signal);
}

function silenceOf({ front, back }: Pair, message: RegExp | undefined): string[] {
  const silent = [front, back].filter(({ log }) => message && !log.errors().some((line) => message.test(line)));
  return silent.map(({ name }) => `${name} did not print its error`);
}

/** Spans that wait in the queues of both. */
async function spansOf(receiver: Receiver): Promise<number> {
  const { ledger } = await receiver.counts();
  return sum(Object.values(ledger).map(({ waiting }) => waiting));
}

/** A script that ends by itself, with more spans than one batch. */
export async function runNaturalEnd(behaviour: Behaviour): Promise<Measured> {
  await using receiver = await startReceiver("http/protobuf");
  await receiver.behave(behaviour);
  const script = new URL("../preload/natural-end.ts", import.meta.url).pathname;
  const child = Bun.spawn([process.execPath, script], {
    cwd: root,
    env: { PATH: process.env.PATH ?? "", ...receiver.env, OTEL_BSP_SCHEDULE_DELAY: "60000" },
    stdout: "pipe",
    stderr: "inherit",
  });
  let doneAt = Number.NaN;
  let said = "";
  const decoder = new TextDecoder();
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk, { stream: true });
    if (Number.isNaN(doneAt) && said.includes("done\n")) doneAt = performance.now();
  }
  const code = await child.exited;
  const ms = performance.now() - doneAt;
  const { accepted, ledger } = await receiver.counts();
  return {
    last: {
      ended: sum(Object.values(ledger).map(({ made }) => made)),
      arrived: sum(Object.values(accepted)),
      problems: code === 0 ? [] : [`exit code ${code}`],
    },
    end: { ms, codes: [code] },
  };
}
