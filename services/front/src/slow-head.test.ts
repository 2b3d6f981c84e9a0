/** A client that never finishes the head of its request: Bun ends that, for whatever time a body has. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { startFront } from "./testing/start-front.ts";

/** Bun gives a head 10 s, and looks every 4 s. */
const headMs = 14_000;
setDefaultTimeout(3 * headMs);

test("a head that arrives a line at a time is cut off, and is not a request", async () => {
  await using front = startFront();
  const url = front.server.listen("127.0.0.1", 0);
  const start = performance.now();
  const socket = connect(Number(url.port), url.hostname, () =>
    socket.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\n"),
  );
  socket.on("error", () => {});
  const timer = setInterval(() => socket.write("X-Slow: 1\r\n"), 250);
  await once(socket, "close");
  clearInterval(timer);
  expect(performance.now() - start).toBeLessThan(1.5 * headMs);
  expect(front.logged).toEqual([]);
});
