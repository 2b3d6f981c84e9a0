/** A stop while clients read a stream or keep a socket open, which do not end by themselves. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { processTimeoutMs } from "../../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "../telemetry/otlp-sink.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

/** What the end may take beyond the time for requests that run. */
const endMs = 3000;
const shutdownMs = 500;

test("the pair ends in its time, and the spans of what was open are delivered", async () => {
  await using sink = startOtlpSink();
  const otlp = { ...otlpEnvironment(sink.url), OTEL_TRACES_EXPORTER: "otlp", SHUTDOWN_TIMEOUT_MS: String(shutdownMs) };
  await using back = await startBack(otlp);
  await using front = await startFront({ ...otlp, BACK_ADDRESS: back.address });
  await front.line(/^back answers/);
  const stream = await front.get("/rolldice/stream?rolls=1000&interval_ms=1000");
  const events = stream.body?.getReader();
  await events?.read();
  const socket = new WebSocket(new URL("/rolldice/table", front.url));
  const played = Promise.withResolvers<void>();
  socket.addEventListener("open", () => socket.send("{}"));
  socket.addEventListener("message", () => played.resolve());
  await played.promise;

  const mute = await openMuteSocket(new URL(front.url));

  const start = performance.now();
  front.signal("SIGTERM");
  expect(await front.exited).toBe(0);
  back.signal("SIGTERM");
  expect(await back.exited).toBe(0);
  expect(performance.now() - start).toBeLessThan(shutdownMs + endMs);
  mute.destroy();
  // A die is thrown each second, and a slow machine takes more of them.
  const dice = sink.spans.filter((name) => name === "roll dice");
  expect(dice.length).toBeGreaterThanOrEqual(2);
  expect(sink.spans.filter((name) => name !== "roll dice").sort()).toEqual([
    "GET /rolldice/stream",
    "GET /rolldice/table",
    "GET /rolldice/table",
    "baton.dice.v1.DiceService/PlayRounds",
    "baton.dice.v1.DiceService/PlayRounds",
    "baton.dice.v1.DiceService/PlayRounds",
    "baton.dice.v1.DiceService/PlayRounds",
    "baton.dice.v1.DiceService/StreamRolls",
    "baton.dice.v1.DiceService/StreamRolls",
    "websocket message",
  ]);
});

/** A WebSocket whose other side sends nothing after the handshake, not even an answer to a close frame. */
async function openMuteSocket({ port }: URL): Promise<Socket> {
  const handshake = [
    "GET /rolldice/table HTTP/1.1",
    "Host: localhost",
    "Connection: upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  const socket = connect(Number(port), "127.0.0.1", () => socket.write(`${handshake.join("\r\n")}\r\n\r\n`));
  socket.on("error", () => {});
  await once(socket, "data");
  return socket;
}
