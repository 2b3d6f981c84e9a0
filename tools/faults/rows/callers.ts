/** What front's callers do. */
import { setTimeout as sleep } from "node:timers/promises";
import { startViewer } from "@baton/demo/services";
import { createSupervisor } from "@baton/demo/supervisor";
import { until } from "@baton/tools/until";
import { freePort } from "../../free-port.ts";
import { type CallersFault, runCallersCell } from "../cells/callers.ts";
import type { Fault, Stage } from "../fault.ts";
import type { Pair } from "../pair.ts";
import { sendIllegalGrpc, sendIllegalHttp } from "../send-illegal.ts";
import { type Callers, HANDSHAKE, head, openSockets, sendByteByByte, sendForever, textFrame } from "../sockets.ts";

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

/** Half of them send the head of a request so, and half its body. */
async function aByteASecond({ front }: Pair): Promise<AsyncDisposable> {
  await using first = await openSlow(front.port);
  await first.ended();
  // Others are in the middle when the services end.
  const last = await openSlow(front.port);
  await sleep(2000);
  return last;
}

async function openSlow(port: number): Promise<AsyncDisposable & { ended(): Promise<void> }> {
  const tally = head("POST /rolldice/tally", "Content-Length: 1000");
  const resources = new AsyncDisposableStack();
  const heads = resources.use(await openSockets(port, 100, () => ""));
  const bodies = resources.use(await openSockets(port, 100, () => tally));
  resources.use(sendByteByByte(heads.sockets, tally));
  resources.use(sendByteByByte(bodies.sockets, LINE));
  return {
    async ended() {
      await Promise.all([heads.closed(), bodies.answered(408)]);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** @param status What each is answered. `undefined`: nothing is sent. */
const hold =
  (count: number, text: string, status?: number): CallersFault["misbehave"] =>
  async ({ front }, { short }) => {
    const callers = await openSockets(front.port, short ? count / 10 : count, () => text);
    if (status !== undefined) await callers.answered(status);
    await sleep(2000);
    callers.checkOpen();
    return callers;
  };

async function playAtTables({ front }: Pair, { short }: Stage): Promise<AsyncDisposable> {
  const callers = await openSockets(front.port, short ? 100 : 1000, () => HANDSHAKE);
  await callers.answered(101);
  for (let round = 1; round <= 3; round++) {
    for (const socket of callers.sockets) socket.write(textFrame('{"player":"ann"}'));
    await callers.answered(101, `"round":${round},`);
  }
  await sleep(2000);
  callers.checkOpen();
  return callers;
}

/** They send what is answered with much more, and read nothing of it, until front closes their sockets. */
async function doNotRead({ front }: Pair): Promise<undefined> {
  // More of them would take all of front's processor time, which is not what this row is about.
  await using callers = await openSockets(front.port, 5, () => HANDSHAKE);
  await callers.answered(101);
  for (const socket of callers.sockets) socket.pause();
  await sendForever(callers.sockets, textFrame(MANY_FIELDS), 20_000);
  await callers.closed();
  return undefined;
}

/** @param answer The status that says what the limit is, and what follows it. */
const endless =
  (
    start: string | Uint8Array,
    again: string | Uint8Array,
    ...answer: Parameters<Callers["answered"]>
  ): CallersFault["misbehave"] =>
  async ({ front }) => {
    const endsAt = performance.now() + 4000;
    // Those whose connections front has closed come again.
    do {
      await using callers = await openSockets(front.port, 20, () => start);
      await sendForever(callers.sockets, again, endsAt - performance.now());
      await callers.answered(...answer);
    } while (performance.now() < endsAt);
    return undefined;
  };

const MILLION = 1_000_000;
const SHORT_OF_MILLION = 6000;

/** Half of them against front, a quarter against back, and an eighth against each of the viewer's two ports for OTLP. */
async function illegalHeaders({ front, back }: Pair, { short }: Stage): Promise<undefined> {
  const seed = Math.floor(Math.random() * 2 ** 31);
  console.log(`  the seed of the headers is ${seed}`);
  const all = short ? SHORT_OF_MILLION : MILLION;
  const supervisor = createSupervisor();
  try {
    const otlpGrpc = await freePort();
    const viewer = await startViewer(supervisor, { query: 0, otlpHttp: 0, otlpGrpc });
    const failures = {
      front: await sendIllegalHttp({ port: front.port, headers: all / 2, seed }, "GET /nowhere"),
      back: await sendIllegalGrpc({ port: back.port, headers: all / 4, seed }, "/baton.dice.v1.DiceService/Roll"),
      "the viewer over HTTP": await sendIllegalHttp(
        { port: Number(new URL(viewer.otlpUrl).port), headers: all / 8, seed },
        "POST /v1/traces",
        "Content-Length: 0",
      ),
      "the viewer over gRPC": await sendIllegalGrpc(
        { port: otlpGrpc, headers: all / 8, seed },
        "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
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
/** Each of the fields is wrong, and the answer has a sentence for each. */
const MANY_FIELDS = JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`f${index}`, 1])));
/** 1009, as the frame has it that closes a WebSocket. */
const TOO_LONG = "\x03\xf1";

const rows: readonly Row[] = [
  { id: "leave", what: "leave in every phase of all kinds of request", misbehave: leaveInEveryPhase, short: true },
  { id: "byte", what: "send a byte a second, of a head or of a body", misbehave: aByteASecond, inFlight: true },
  { id: "idle", what: "hold 2000 idle connections", misbehave: hold(2000, "") },
  {
    id: "streams",
    what: "read 1000 streams of server-sent events",
    misbehave: hold(1000, head("GET /rolldice/stream?rolls=1000&interval_ms=1000"), 200),
    ownBytes: 128 * MB,
  },
  { id: "sockets", what: "play at 1000 WebSockets", misbehave: playAtTables, ownBytes: 128 * MB },
  { id: "unread", what: "send on 5 WebSockets and do not read", misbehave: doNotRead },
  {
    id: "endless-lines",
    what: "send bodies without an end, of short lines",
    misbehave: endless(head("POST /rolldice/tally", CHUNKED), chunk(LINE), 413),
  },
  {
    id: "endless-line",
    what: "send bodies without an end, of one line",
    misbehave: endless(head("POST /rolldice/tally", CHUNKED), chunk(LONG_LINE), 413),
  },
  {
    id: "endless-body",
    what: "send bodies without an end where none is read",
    misbehave: endless(head("POST /rolldice", CHUNKED), chunk(LONG_LINE), 405),
  },
  {
    id: "endless-message",
    what: "send messages without an end",
    misbehave: endless(
      Buffer.concat([Buffer.from(HANDSHAKE), textFrame("{", { isLast: false })]),
      textFrame(LONG_LINE, { isLast: false, continues: true }),
      101,
      TOO_LONG,
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
