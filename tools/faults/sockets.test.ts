/** Callers that are not served as they expect are told. Against servers on this machine. */
import { expect, test } from "bun:test";
import { head, openSockets } from "./sockets.ts";

const COUNT = 20;
const REQUEST = head("GET /");

function serve(answer: () => Response) {
  return Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
}

test("callers that are all answered with the status stay open", async () => {
  await using server = serve(() => new Response("hello"));
  await using callers = await openSockets(server.port ?? 0, COUNT, () => REQUEST);
  await callers.answered(200, "hello");
  callers.checkOpen();
});

test("callers that are refused", async () => {
  await using server = serve(() => new Response("no", { status: 403 }));
  await using callers = await openSockets(server.port ?? 0, COUNT, () => REQUEST);
  await expect(callers.answered(200)).rejects.toThrow(
    `${COUNT} of ${COUNT} callers are not answered 200; answered: ${COUNT} times 403`,
  );
});

test("callers whose connection is closed without an answer", async () => {
  using server = Bun.listen({ port: 0, hostname: "127.0.0.1", socket: { data: (socket) => void socket.end() } });
  await using callers = await openSockets(server.port, COUNT, () => REQUEST);
  await callers.closed();
  await expect(callers.answered(200)).rejects.toThrow(`answered: ${COUNT} times nothing`);
  expect(() => callers.checkOpen()).toThrow(`${COUNT} of ${COUNT} callers are not open`);
});
