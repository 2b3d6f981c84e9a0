/** How the services end on OS signals, as real processes. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { processTimeoutMs } from "../../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "../telemetry/otlp-sink.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

/** Starts a request that takes back ten seconds, and waits until back has it. */
function askSleepy(front: { get(path: string): Promise<Response> }) {
  return front.get("/rolldice?player=sleepy").then(
    ({ status }) => status,
    () => "cut off",
  );
}

test.each(["SIGTERM", "SIGINT"] as const)("%s ends back with 0", async (signal) => {
  await using back = await startBack();
  back.signal(signal);
  expect(await back.exited).toBe(0);
  expect(back.lines.at(-1)?.msg).toBe(`${signal}: stopping`);
});

test("SIGTERM ends front with 0, after the stream that it was sending", async () => {
  await using back = await startBack();
  await using front = await startFront({ BACK_ADDRESS: back.address });
  const response = await front.get("/rolldice/stream?rolls=5&interval_ms=50");
  front.signal("SIGTERM");
  expect(await response.text()).toEndWith("event: end\ndata: {}\n\n");
  expect(await front.exited).toBe(0);
});

describe("a shutdown", () => {
  test("sends the spans in the queue", async () => {
    await using sink = startOtlpSink();
    const otlp = { ...otlpEnvironment(sink.url), OTEL_TRACES_EXPORTER: "otlp", OTEL_BSP_SCHEDULE_DELAY: "60000" };
    await using back = await startBack(otlp);
    await using front = await startFront({ ...otlp, BACK_ADDRESS: back.address });
    expect((await front.get("/rolldice")).status).toBe(200);
    front.signal("SIGTERM");
    back.signal("SIGTERM");
    expect(await Promise.all([front.exited, back.exited])).toEqual([0, 0]);
    expect([...sink.spans].sort()).toEqual([
      "GET /rolldice",
      "baton.dice.v1.DiceService/Roll",
      "baton.dice.v1.DiceService/Roll",
      "roll dice",
    ]);
  });

  test("of back takes no longer than SHUTDOWN_TIMEOUT_MS, and the caller is answered", async () => {
    await using back = await startBack({ SHUTDOWN_TIMEOUT_MS: "50" });
    await using front = await startFront({ BACK_ADDRESS: back.address, CALL_TIMEOUT_MS: "60000" });
    expect((await front.get("/rolldice")).status).toBe(200);
    const response = askSleepy(front);
    // The stream starts after the request above it on the same connection, so back has both.
    await (await front.get("/rolldice/stream?rolls=1")).text();
    back.signal("SIGTERM");
    expect(await back.exited).toBe(0);
    expect(back.errors).toBe("");
    expect(await response).toBe(503);
  });

  test("ends at once on a second signal, and the spans in the queue are sent", async () => {
    await using sink = startOtlpSink();
    const otlp = { ...otlpEnvironment(sink.url), OTEL_TRACES_EXPORTER: "otlp", OTEL_BSP_SCHEDULE_DELAY: "60000" };
    await using back = await startBack();
    await using front = await startFront({ ...otlp, BACK_ADDRESS: back.address, CALL_TIMEOUT_MS: "60000" });
    const response = askSleepy(front);
    await (await front.get("/rolldice/stream?rolls=1")).text();
    front.signal("SIGINT");
    await front.line(/^SIGINT: stopping/);
    front.signal("SIGINT");
    expect(await front.exited).toBe(1);
    expect(await response).toBe("cut off");
    expect(front.lines.at(-1)?.msg).toBe("SIGINT again: exiting at once");
    expect([...sink.spans].sort()).toEqual(["GET /rolldice/stream", "baton.dice.v1.DiceService/StreamRolls"]);
  });
});
