/** All four kinds of gRPC call, each with every way to end, seen from both sides. Real calls over real sockets. */
import { afterAll, afterEach, describe, expect, test } from "bun:test";
import { connect, createServer as createTcpServer, type Socket, type Server as TcpServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DiceServiceClient,
  DiceServiceDefinition,
  type DiceServiceImplementation,
} from "@baton/proto/baton/dice/v1";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "@baton/telemetry/grpc";
import { startTestTelemetry, type TestSpan } from "@baton/telemetry/testing";
import { createChannel, createClientFactory, createServer } from "nice-grpc";
import { deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { ClientError, Metadata, ServerError, Status } from "nice-grpc-common";

const clientSide = startTestTelemetry({ serviceName: "client" });
const serverSide = startTestTelemetry({ serviceName: "server" });

/** What a method does is asked for in `player`. */
type Behaviour = "answer" | "refuse" | "throw" | "wait" | "return late";

/** Resolves when a method that waits has begun. */
let begun = Promise.withResolvers<void>();

async function behave(behaviour: string, signal: AbortSignal): Promise<void> {
  if (behaviour === "refuse") throw new ServerError(Status.NOT_FOUND, "no such player");
  if (behaviour === "throw") throw new Error("boom");
  if (behaviour === "answer") return;
  begun.resolve();
  const waited = sleep(10_000, undefined, { signal });
  // A method may also take no notice of how its wait ended and return as if all was well.
  await (behaviour === "return late" ? waited.catch(() => undefined) : waited);
}

const service: DiceServiceImplementation = {
  async roll({ player }, { signal }) {
    await behave(player, signal);
    return { values: [1] };
  },
  async *streamRolls({ player }, { signal }) {
    yield { roll: 1, value: 1 };
    await behave(player, signal);
    yield { roll: 2, value: 2 };
  },
  async tallyRolls(requests, { signal }) {
    let throws = 0;
    for await (const { player } of requests) {
      throws += 1;
      await behave(player, signal);
    }
    return { throws, total: 0, players: [] };
  },
  async *playRounds(requests, { signal }) {
    let round = 0;
    for await (const { player } of requests) {
      round += 1;
      yield { round, values: [1], total: 1 };
      await behave(player, signal);
    }
  },
};

const server = createServer(grpcServerOptions()).use(grpcServerTelemetry(serverSide.telemetry));
server.add(DiceServiceDefinition, service);
const port = await server.listen("127.0.0.1:0");

/** Between the two sides, so that a test can cut the connection. */
const line = await openLine(port);
const channel = createChannel(`127.0.0.1:${line.port}`, undefined, { "grpc.initial_reconnect_backoff_ms": 10 });
const client: DiceServiceClient<{ deadline?: number }> = createClientFactory()
  .use(deadlineMiddleware)
  .use(grpcClientTelemetry(clientSide.telemetry))
  .create(DiceServiceDefinition, channel);

afterEach(() => {
  clientSide.reset();
  serverSide.reset();
  begun = Promise.withResolvers();
});
afterAll(async () => {
  channel.close();
  await server.shutdown();
  line.close();
});

interface CallOptions {
  readonly signal?: AbortSignal;
  readonly deadline?: number;
  readonly metadata?: Metadata;
}

interface Kind {
  readonly rpc: string;
  /** Makes the call and reads everything that it answers. */
  readonly call: (behaviour: Behaviour, options?: CallOptions) => Promise<unknown>;
  /** Makes the call and reads one answer only. */
  readonly readOne?: (behaviour: Behaviour) => Promise<unknown>;
}

const request = (player: Behaviour) => ({ player, rolls: 1, sides: 6 });

async function* requests(behaviour: Behaviour) {
  yield request("answer");
  yield request(behaviour);
}

async function takeOne(stream: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of stream) break;
}

const kinds: readonly Kind[] = [
  { rpc: "Roll", call: (behaviour, options) => client.roll(request(behaviour), options) },
  {
    rpc: "StreamRolls",
    call: (behaviour, options) =>
      Array.fromAsync(client.streamRolls({ ...request(behaviour), intervalMs: 0 }, options)),
    readOne: (behaviour) => takeOne(client.streamRolls({ ...request(behaviour), intervalMs: 0 })),
  },
  { rpc: "TallyRolls", call: (behaviour, options) => client.tallyRolls(requests(behaviour), options) },
  {
    rpc: "PlayRounds",
    call: (behaviour, options) => Array.fromAsync(client.playRounds(requests(behaviour), options)),
    readOne: (behaviour) => takeOne(client.playRounds(requests(behaviour))),
  },
];

interface Outcome {
  readonly happens: string;
  /** `undefined` where this kind of call cannot end so. */
  readonly run: (kind: Kind) => Promise<unknown> | undefined;
  readonly client: Side;
  readonly server: Side;
}

interface Side {
  readonly code: string;
  readonly isError: boolean;
}

const failed = (code: string): Side => ({ code, isError: true });
const fine = (code: string): Side => ({ code, isError: false });

const outcomes: readonly Outcome[] = [
  { happens: "ok", run: ({ call }) => call("answer"), client: fine("OK"), server: fine("OK") },
  {
    happens: "an error status",
    run: ({ call }) => ignore(call("refuse")),
    client: failed("NOT_FOUND"),
    server: fine("NOT_FOUND"),
  },
  {
    happens: "a thrown error",
    run: ({ call }) => ignore(call("throw")),
    client: failed("UNKNOWN"),
    server: failed("UNKNOWN"),
  },
  { happens: "the client cancels", run: cancel("wait"), client: failed("CANCELLED"), server: fine("CANCELLED") },
  ...[new Error("superseded"), "superseded", null, new ClientError("/a/b", Status.NOT_FOUND, "superseded")].map(
    (reason): Outcome => ({
      happens: `the client cancels with the reason ${String(reason)}`,
      run: cancel("wait", reason),
      client: failed("CANCELLED"),
      server: fine("CANCELLED"),
    }),
  ),
  {
    // A signal of the caller's own: back gets no deadline, so the call is cancelled.
    happens: "an AbortSignal.timeout() of the caller fires",
    run: ({ call }) => ignore(call("wait", { signal: AbortSignal.timeout(60) })),
    client: failed("CANCELLED"),
    server: fine("CANCELLED"),
  },
  {
    happens: "the client cancels, and the method returns normally",
    run: cancel("return late"),
    client: failed("CANCELLED"),
    server: fine("CANCELLED"),
  },
  {
    happens: "the deadline passes",
    run: ({ call }) => ignore(call("wait", outOfTime())),
    client: failed("DEADLINE_EXCEEDED"),
    server: failed("DEADLINE_EXCEEDED"),
  },
  {
    happens: "the deadline passes, and the method returns normally",
    run: ({ call }) => ignore(call("return late", outOfTime())),
    client: failed("DEADLINE_EXCEEDED"),
    server: failed("DEADLINE_EXCEEDED"),
  },
  {
    happens: "the client stops reading",
    run: ({ readOne }) => readOne?.("wait"),
    client: fine("CANCELLED"),
    server: fine("CANCELLED"),
  },
  { happens: "the connection breaks", run: cutLine, client: failed("UNAVAILABLE"), server: fine("CANCELLED") },
];

function cancel(behaviour: Behaviour, reason?: unknown) {
  return async ({ call }: Kind) => {
    const caller = new AbortController();
    const answer = ignore(call(behaviour, { signal: caller.signal }));
    await begun.promise;
    caller.abort(reason);
    await answer;
  };
}

async function cutLine({ call }: Kind) {
  const answer = ignore(call("wait"));
  await begun.promise;
  line.cut();
  await answer;
}

/** The middleware ends the call here; the header is what the server knows of it. */
function outOfTime(): CallOptions {
  return { deadline: 400, metadata: Metadata({ "grpc-timeout": "400m" }) };
}

function ignore(call: Promise<unknown>): Promise<unknown> {
  return call.catch(() => undefined);
}

const facts = ({ name, kind, status, attributes }: TestSpan) => ({
  name,
  kind,
  status,
  code: attributes["rpc.status_code"],
  errorType: attributes["error.type"],
});

const expected = (kind: string, rpc: string, { code, isError }: Side) => ({
  name: `baton.dice.v1.DiceService/${rpc}`,
  kind,
  status: isError ? "ERROR" : "UNSET",
  code,
  errorType: isError ? code : undefined,
});

/** A single answer cannot be left half read. */
const isPossible = (outcome: Outcome, { readOne }: Kind) =>
  outcome.happens !== "the client stops reading" || readOne !== undefined;

for (const kind of kinds) {
  describe(kind.rpc, () => {
    const rows = outcomes
      .filter((outcome) => isPossible(outcome, kind))
      .map((outcome) => [outcome.happens, outcome] as const);
    test.each(rows)("%s", async (_, outcome) => {
      await outcome.run(kind);
      const [sent, ...moreSent] = await clientSide.waitForSpans(1);
      const [received, ...moreReceived] = await serverSide.waitForSpans(1);
      if (sent === undefined || received === undefined) throw new Error("unreachable");
      expect({ client: facts(sent), server: facts(received) } as unknown).toEqual({
        client: expected("CLIENT", kind.rpc, outcome.client),
        server: expected("SERVER", kind.rpc, outcome.server),
      });
      expect(received).toMatchObject({ traceId: sent.traceId, parentSpanId: sent.spanId });
      expect([...moreSent, ...moreReceived]).toEqual([]);
    });
  });
}

async function openLine(target: number) {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    return socket;
  };
  const tcp: TcpServer = createTcpServer((near) => {
    const far = keep(connect(target, "127.0.0.1"));
    keep(near).pipe(far).pipe(near);
  });
  const listening = Promise.withResolvers<void>();
  tcp.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = tcp.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  return { port: address.port, cut, close: () => tcp.close(cut) };
}
