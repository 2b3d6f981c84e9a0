/** Messages that no client of ours sends: on front's WebSocket, and to back. None of them writes a stack. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import fc from "fast-check";
import { processTimeoutMs } from "../../support/stack.ts";
import { type ServiceProcess, startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const seed = Math.floor(Math.random() * 2 ** 31);
console.log(`the seed of the messages is ${seed}`);
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number): T[] => fc.sample(arbitrary, { numRuns, seed });

test("a message on the WebSocket is answered with a round or a problem of the client", async () => {
  await using back = await startBack();
  await using front = await startFront({ BACK_ADDRESS: back.address });
  await front.line(/^back answers/);
  const message = fc.oneof(
    fc.json({ maxDepth: 2 }),
    fc.string(),
    fc.uint8Array({ maxLength: 60 }),
    fc.constantFrom('{"rolls":2}', '{"__proto__":{}}', '{"rolls":1e999}', "[]", "null", '{"toString":1}', ""),
  );
  const socket = new WebSocket(new URL("/rolldice/table", front.url));
  await once(socket, "open");
  const statuses = new Set<unknown>();
  for (const each of sample(message, 400)) {
    const answered = once(socket, "message");
    socket.send(typeof each === "string" ? each : Buffer.from(each));
    const [{ data }] = (await answered) as [MessageEvent];
    statuses.add(JSON.parse(String(data)).status ?? "a round");
  }
  expect(statuses).toEqual(new Set([400, "a round"]));
  socket.close();
  await expectQuiet(front);
  await expectQuiet(back);
});

test("no message that is sent to back is an unexpected error", async () => {
  await using back = await startBack();
  const method = fc.constantFrom("Roll", "StreamRolls", "TallyRolls", "PlayRounds", "Nothing");
  const path = fc.oneof(
    method.map((name) => `/baton.dice.v1.DiceService/${name}`),
    fc.constantFrom("/grpc.health.v1.Health/Check", "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", "/"),
  );
  const header = fc.tuple(
    fc.constantFrom("grpc-timeout", "grpc-encoding", "content-type", "traceparent", "baggage", "x-bin", "te"),
    fc.constantFrom(
      "1m",
      "0n",
      "99999999H",
      "soon",
      "gzip",
      "application/grpc",
      "text/plain",
      "00-x",
      "%",
      "====",
      "a=b",
    ),
  );
  const frame = fc
    .tuple(fc.constantFrom(0, 0, 0, 1, 7), fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 0, 0, -1, 3))
    .map(([compressed, bytes, lie]) => {
      const head = Buffer.alloc(5);
      head.writeUInt8(compressed);
      head.writeUInt32BE(Math.max(0, bytes.length + lie), 1);
      return Buffer.concat([head, bytes]);
    });
  const call = fc.record({
    path,
    headers: fc.array(header, { maxLength: 3 }),
    frames: fc.array(frame, { maxLength: 3 }),
  });

  for (const { path: called, headers, frames } of sample(call, 300)) {
    // One connection for each: some of these end it.
    const session = connectHttp2(`http://${back.address}`).on("error", () => {});
    const usual = { ":method": "POST", ":path": called, "content-type": "application/grpc", te: "trailers" };
    const stream = session.request({ ...usual, ...Object.fromEntries(headers) }).on("error", () => {});
    stream.resume().end(Buffer.concat(frames));
    await closed(stream);
    session.destroy();
  }
  for (const bytes of sample(fc.uint8Array({ minLength: 1, maxLength: 80 }), 100)) {
    const socket = connect(back.port, "127.0.0.1", () => socket.end(bytes)).on("error", () => {});
    socket.resume();
    await closed(socket);
  }
  await expectQuiet(back);
});

/** Not `once()`, which rejects at an error: these may be cut off. */
async function closed(stream: NodeJS.EventEmitter): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  stream.on("close", resolve);
  await promise;
}

/** Ends the service and asserts that it ended well and had nothing to complain about. */
async function expectQuiet(service: ServiceProcess): Promise<void> {
  service.signal("SIGTERM");
  expect(await service.exited).toBe(0);
  const lines = service.lines.map((line) => JSON.stringify(line));
  expect(lines.filter((line) => /\\n +at |"stack"|"level":"error"/.test(line)).slice(0, 3)).toEqual([]);
  expect(service.errors).toBe("");
}
