/** The faults of back, and of the way to it. */
import { readdir } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { until } from "@baton/tools/until";
import { type CallKind, type OpenCall, openCall } from "../calls.ts";
import { type BackFault, type Place, runBackCell } from "../cells/back.ts";
import type { Fault } from "../fault.ts";
import type { PromiseId } from "../promises.ts";

interface Row extends BackFault {
  readonly id: string;
  readonly what: string;
  readonly short?: boolean;
}

const FEW_FILES = 64;
const CALLS = 20;
/** A unary call over HTTP/2 is a little larger. */
const CALL_BYTES = 100;
/** Longer than CALL_TIMEOUT_MS. */
const CALL_END_MS = 3000;

/** @throws Error where SIGTERM does not end it in order. */
async function ended({ pair }: Place, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  pair.back.signal(signal);
  const code = await pair.back.exited;
  if (signal === "SIGTERM" && code !== 0) throw new Error(`back ended with ${code} after SIGTERM`);
}

const through =
  (fault: Parameters<Place["proxy"]["fail"]>[0]): BackFault["start"] =>
  async ({ proxy }) => {
    await proxy.fail(fault);
    return () => proxy.fail(undefined);
  };

/** A program that speaks HTTP/1 has back's port. */
async function answerHttp1(place: Place): Promise<() => Promise<void>> {
  await ended(place, "SIGTERM");
  const server = Bun.serve({ port: place.pair.back.port, hostname: "127.0.0.1", fetch: () => new Response("hello") });
  return async () => {
    await server.stop(true);
    place.pair.restartBack();
  };
}

/** Other connections have all of back's files when front has to connect again. */
async function takeAllFiles({ pair, proxy }: Place): Promise<() => Promise<void>> {
  const sockets: Socket[] = [];
  for (let index = 0; index < FEW_FILES * 2; index++) {
    sockets.push(connect(pair.back.port, "127.0.0.1").on("error", () => {}));
  }
  await until("back has no file descriptors left", async () => {
    return (await readdir(`/proc/${pair.back.pid}/fd`)).length >= FEW_FILES;
  });
  await proxy.fail("refuse");
  await proxy.fail(undefined);
  return async () => {
    for (const socket of sockets) socket.destroy();
  };
}

function openCalls(kind: CallKind, { pair }: Place): Promise<readonly OpenCall[]> {
  return Promise.all(Array.from({ length: CALLS }, () => openCall[kind](pair.url)));
}

/** A unary call has no middle that its caller sees: back is stopped, so that it takes the calls and answers none. */
async function openUnanswered(place: Place): Promise<readonly OpenCall[]> {
  const { pair, proxy } = place;
  pair.back.signal("SIGSTOP");
  const before = proxy.sentBytes;
  const calls = await openCalls("unary", place);
  await until("the calls have been sent to back", () => proxy.sentBytes - before > CALLS * CALL_BYTES);
  return calls;
}

/** Calls that are in their middle when back is killed end in their time. */
const killDuring =
  (kind: CallKind): BackFault["start"] =>
  async (place) => {
    const calls = await (kind === "unary" ? openUnanswered(place) : openCalls(kind, place));
    const late = Promise.withResolvers<never>();
    await ended(place, "SIGKILL");
    const timer = setTimeout(
      () => late.reject(new Error(`a call did not end within ${CALL_END_MS} ms after back was killed`)),
      CALL_END_MS,
    );
    await Promise.race([Promise.all(calls.map((call) => call.ended)), late.promise]);
    clearTimeout(timer);
    return async () => place.pair.restartBack();
  };

const kinds: readonly (readonly [CallKind, string])[] = [
  ["unary", "unary calls"],
  ["stream", "server-streaming calls"],
  ["upload", "client-streaming calls"],
  ["table", "bidirectional calls"],
];

const rows: readonly Row[] = [
  {
    id: "killed",
    what: "is killed, and started again after 3 s",
    backIsKilled: true,
    start: async (place) => {
      await ended(place, "SIGKILL");
      return async () => place.pair.restartBack();
    },
  },
  {
    id: "stopped",
    what: "is stopped for 3 s (SIGSTOP), and goes on",
    short: true,
    start: async ({ pair }) => {
      pair.back.signal("SIGSTOP");
      return async () => pair.back.signal("SIGCONT");
    },
  },
  {
    id: "restarted",
    what: "is restarted in order",
    start: async (place) => {
      await ended(place, "SIGTERM");
      place.pair.restartBack();
      return undefined;
    },
  },
  { id: "unreachable", what: "cannot be reached for 3 s: packets vanish", start: through("dead") },
  { id: "slow", what: "answers byte by byte", start: through("trickle") },
  { id: "http1", what: "is another program, which answers HTTP/1", start: answerHttp1 },
  {
    id: "files",
    what: "has no file descriptors left",
    back: { through: ["prlimit", `--nofile=${FEW_FILES}:${FEW_FILES}`] },
    start: takeAllFiles,
  },
  {
    id: "dead",
    what: "had a connection that died unnoticed",
    start: async ({ proxy }) => {
      proxy.freeze();
      return undefined;
    },
  },
  ...kinds.map(([kind, words]) => ({
    id: `killed-${kind}`,
    what: `is killed in the middle of ${words}`,
    backIsKilled: true,
    lastsMs: 0,
    start: killDuring(kind),
  })),
];

const PROMISES: readonly PromiseId[] = [1, 2, 4, 6];

export const backFaults: readonly Fault[] = rows.map(({ id, what, short = false, ...fault }) => ({
  id: `back-${id}`,
  group: "back",
  what: `back ${what}`,
  promises: PROMISES,
  short,
  run: (stage) => runBackCell(fault, stage),
}));
