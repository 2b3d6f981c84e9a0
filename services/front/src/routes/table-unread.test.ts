/** A player at the table who does not read the answers, and one who does. */
import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { connectTable } from "../testing/connect-table.ts";
import { startScriptedBack } from "../testing/scripted-back.ts";
import { startFront } from "../testing/start-front.ts";

/** A text frame of a client, for a payload of 126 to 65535 bytes. Its mask is zero, so the payload is as it was. */
function textFrame(text: string): Buffer {
  const head = Buffer.from([0x81, 0xfe, 0, 0, 0, 0, 0, 0]);
  head.writeUInt16BE(text.length, 2);
  return Buffer.concat([head, Buffer.from(text)]);
}

test("a player who does not read is cut off, and the call to back ends", async () => {
  const ended = Promise.withResolvers<void>();
  await using back = await startScriptedBack({
    async *playRounds(requests) {
      for await (const _request of requests) yield {};
      ended.resolve();
    },
  });
  await using front = startFront({ backPort: back.port });
  const { port, hostname } = front.server.listen("127.0.0.1", 0);
  const socket = connect(Number(port), hostname);
  // It may be reset while it still sends.
  socket.on("error", () => {});
  socket.write(
    "GET /rolldice/table HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
  );
  await once(socket, "data");
  socket.pause();
  // Each answer has the name of the field twice: 19 MB, more than the sockets of both sides hold.
  const frame = textFrame(JSON.stringify({ ["x".repeat(16_000)]: 1 }));
  for (let sent = 0; sent < 600; sent++) socket.write(frame);
  await ended.promise;
  socket.destroy();
  const spans = await front.waitForSpans((all) => all.some(({ kind }) => kind === "CLIENT"));
  expect(spans.find(({ kind }) => kind === "CLIENT")).toMatchObject({
    status: "UNSET",
    attributes: { "rpc.status_code": "OK" },
  });
  expect(front.logged).toEqual([]);
});

test("a player who reads gets the answers of 100 of the largest throws that were sent at once", async () => {
  const values = Array<number>(1000).fill(1000);
  await using back = await startScriptedBack({
    async *playRounds(requests) {
      let round = 0;
      for await (const _request of requests) {
        round += 1;
        yield { round, values, total: 0 };
      }
    },
  });
  await using front = startFront({ backPort: back.port });
  await using table = await connectTable(front);
  for (let sent = 0; sent < 100; sent++) table.send('{"rolls":1000,"sides":1000}');
  for (let round = 1; round <= 100; round++) expect(await table.next()).toMatchObject({ round, values });
});
