/** What front's callers do. */
import { setTimeout as sleep } from "node:timers/promises";
import { startViewer } from "@baton/demo/services";
import { createSupervisor } from "@baton/demo/supervisor";
import { until } from "@baton/tools/until";
import { type CallersFault, runCallersCell } from "../cells/callers.ts";
import type { Fault, Stage } from "../fault.ts";
import type { Pair } from "../pair.ts";
import { sendIllegalGrpc, sendIllegalHttp } from "../send-illegal.ts";
import { HANDSHAKE, head, openSockets, sendForever, textFrame } from "../sockets.ts";

interface Row extends CallersFault {
  readonly id: string;
  readonly what: string;
  readonly short?: boolean;
}

const CHUNKED = "Transfer-Encoding: chunked";
const LINE = '{"player":"ann"}\n';
const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`;

/** Each kind of request, as the parts after which a caller can leave. */
const KINDS: readonly (readonly (string | Uint8Array)[])[] = [
  ["GET /rolldice?rolls=100 HTT", "P/1.1\r\nHost: localhost\r\n", "\r\n"],
  ["GET /rolldice/stream?rolls=100&interval_ms=10 HTTP/1.1\r\nHo", "st: localhost\r\n\r\n"],
  [head("POST /rolldice/tally", CHUNKED), chunk(LINE), chunk(LINE), "0\r\n\r\n"],
  [HANDSHAKE, textFrame('{"player":"ann"}'), textFrame('{"pl', { isLast: false })],
  ["GET /nowhere HTTP/1.1\r\n", "Host: localhost\r\n\r\n"],
  ["\r\n", "NONSENSE\r\n\r\n"],
];
/** Milliseconds after a part until the caller leaves: at once, while front works, after the first answer. */
const PAUSES = [0, 3, 40];

async function leaveInEveryPhase({ front }: Pair, { short }: Stage): Promise<undefined> {
  const times = short ? 4 : 20;
  for (const parts of KINDS) {
    for (let last = 1; last <= parts.length; last++) {
      for (const pause of PAUSES) {
        await using callers = await openSockets(front.port, times, () => "");
        for (const part of parts.slice(0, last)) {
          for (const socket of callers.sockets) socket.write(part);
          await sleep(1);
        }
        await sleep(pause);
      }
    }
  }
  return undefined;
}

async function aByteASecond({ front }: Pair): Promise<AsyncDisposable> {
  const callers = await openSockets(front.port, 200, () => "");
  const request = head("POST /rolldice/tally", CHUNKED);
  for (let at = 0; at < 5; at++) {
    for (const socket of callers.sockets) socket.write(request[at] ?? "");
    await sleep(1000);
  }
  return callers;
}

const hold =
  (count: number, text: string): CallersFault["misbehave"] =>
  async ({ front }, { short }) => {
    const callers = await openSockets(front.port, short ? count / 10 : count, () => text);
    await sleep(2000);
    return callers;
  };

async function playAtTables({ front }: Pair, { short }: Stage): Promise<AsyncDisposable> {
  const callers = await openSockets(front.port, short ? 100 : 1000, () => HANDSHAKE);
  for (let round = 0; round < 3; round++) {
    for (const socket of callers.sockets) socket.write(textFrame('{"player":"ann"}'));
    await sleep(500);
  }
  return callers;
}

const endless =
  (start: string | Uint8Array, again: string | Uint8Array): CallersFault["misbehave"] =>
  async ({ front }) => {
    await using callers = await openSockets(front.port, 20, () => "");
    for (const socket of callers.sockets) {
      // It may be refused and closed at any time.
      socket.removeAllListeners("error").on("error", () => {});
      socket.write(start);
    }
    await sendForever(callers.sockets, again, 4000);
    return undefined;
  };

const MILLION = 1_000_000;
const SHORT_OF_MILLION = 6000;

/** Half of them against front, the rest against back and the viewer. */
async function illegalHeaders({ front, back }: Pair, { short }: Stage): Promise<undefined> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`  the seed of the headers is ${seed}`);
  const all = short ? SHORT_OF_MILLION : MILLION;
  const supervisor = createSupervisor();
  try {
    const viewer = await startViewer(supervisor, { query: 0, otlpHttp: 0, otlpGrpc: 0 });
    const failures = {
      front: await sendIllegalHttp({ port: front.port, headers: all / 2, seed }, "GET /nowhere"),
      back: await sendIllegalGrpc({ port: back.port, headers: all / 4, seed }, "/baton.dice.v1.DiceService/Roll"),
      viewer: await sendIllegalHttp(
        { port: Number(new URL(viewer.otlpUrl).port), headers: all / 4, seed },
        "POST /v1/traces",
        "Content-Length: 0",
      ),
    };
    const failed = Object.entries(failures).filter(([, count]) => count > 0);
    if (failed.length > 0) {
      throw new Error(
        `seed ${seed}: ${failed.map(([name, count]) => `${count} requests failed in ${name}`).join(", ")}`,
      );
    }
    await until("the viewer answers", async () => (await fetch(`${viewer.queryUrl}/api/services`)).ok);
  } finally {
    await supervisor.stopAll();
  }
  return undefined;
}

const MB = 1024 * 1024;
const LONG_LINE = "x".repeat(60_000);

const rows: readonly Row[] = [
  { id: "leave", what: "leave in every phase of all kinds of request", misbehave: leaveInEveryPhase, short: true },
  { id: "byte", what: "send a byte a second", misbehave: aByteASecond },
  { id: "idle", what: "hold 2000 idle connections", misbehave: hold(2000, "") },
  {
    id: "streams",
    what: "read 1000 streams of server-sent events",
    misbehave: hold(1000, head("GET /rolldice/stream?rolls=1000&interval_ms=1000")),
    ownBytes: 128 * MB,
  },
  { id: "sockets", what: "play at 1000 WebSockets", misbehave: playAtTables, ownBytes: 128 * MB },
  {
    id: "endless-lines",
    what: "send bodies without an end, of short lines",
    misbehave: endless(head("POST /rolldice/tally", CHUNKED), chunk(LINE)),
  },
  {
    id: "endless-line",
    what: "send bodies without an end, of one line",
    misbehave: endless(head("POST /rolldice/tally", CHUNKED), chunk(LONG_LINE)),
  },
  {
    id: "endless-body",
    what: "send bodies without an end where none is read",
    misbehave: endless(head("POST /rolldice", CHUNKED), chunk(LONG_LINE)),
  },
  {
    id: "endless-message",
    what: "send messages without an end",
    misbehave: endless(
      Buffer.concat([Buffer.from(HANDSHAKE), textFrame("{", { isLast: false })]),
      textFrame(LONG_LINE, { isLast: false, continues: true }),
    ),
  },
  {
    id: "headers",
    what: "send headers of every illegal kind, to front, back and the viewer",
    misbehave: illegalHeaders,
  },
];

export const callersFaults: readonly Fault[] = rows.map(({ id, what, short = false, ...fault }) => ({
  id: `callers-${id}`,
  group: "callers",
  what: `callers ${what}`,
  promises: [1, 2, 4, 5],
  short,
  run: (stage) => runCallersCell(fault, stage),
}));
