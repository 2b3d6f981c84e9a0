import { expect, test } from "bun:test";
import { playMessages } from "./socket.ts";

/** Answers each message with itself, and closes at "leave". */
function startEcho() {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request, self): Response | undefined =>
      new URL(request.url).pathname === "/table" && self.upgrade(request)
        ? undefined
        : new Response(null, { status: 404 }),
    websocket: {
      message: (socket, message) => void (message === "leave" ? socket.close(1001) : socket.send(`re: ${message}`)),
    },
  });
  return {
    play: (path: string, ...messages: readonly string[]) =>
      playMessages(new WebSocket(`ws://127.0.0.1:${server.port}${path}`), {
        path,
        messages,
        timeoutMs: 5000,
        around: (ask, message) => ask(message.trim()),
      }),
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}

test("each message is sent after the answer to the one before", async () => {
  await using echo = startEcho();
  expect(await echo.play("/table", " one", "two ")).toEqual(["re: one", "re: two"]);
});

test.each([
  ["refuses the socket", "/none", "one", "/none refused the socket"],
  ["closes before it answers", "/table", "leave", "/table closed the socket with 1001"],
])("a server that %s is an error that names the path", async (_, path, message, error) => {
  await using echo = startEcho();
  await expect(echo.play(path, message)).rejects.toThrow(error);
});
