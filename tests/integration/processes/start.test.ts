/** How the services start: alone, in any order, on a taken port, with invalid values. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { processTimeoutMs } from "../../support/stack.ts";
import { startBack, startFront, startService } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

describe("a taken port", () => {
  test("ends back with 1 and a line that names port and variable", async () => {
    await using first = await startBack();
    await using second = startService("back", { BACK_PORT: String(first.port) });
    expect(await second.exited).toBe(1);
    expect(second.lines.filter(({ level }) => level !== "info")).toEqual([
      expect.objectContaining({
        level: "error",
        msg: expect.stringMatching(
          new RegExp(`^back cannot listen on 127.0.0.1:${first.port}. Set BACK_HOST and BACK_PORT .*in use`),
        ),
      }),
    ]);
  });

  test("ends front with 1 and a line that names port and variable", async () => {
    await using first = await startFront();
    const { port } = new URL(first.url);
    await using second = startService("front", { FRONT_PORT: port });
    expect(await second.exited).toBe(1);
    expect(second.lines.filter(({ level }) => level !== "info")).toEqual([
      expect.objectContaining({
        level: "error",
        msg: expect.stringMatching(
          new RegExp(`^front cannot listen on 127.0.0.1:${port}. Set FRONT_HOST and FRONT_PORT .*in use`),
        ),
      }),
    ]);
  });
});

test("both listen on an IPv6 address, which is written in brackets", async () => {
  await using back = await startBack({ BACK_HOST: "::1" });
  expect(back.address).toBe(`[::1]:${back.port}`);
  await using front = await startFront({ FRONT_HOST: "::1", BACK_ADDRESS: back.address });
  expect(front.url).toStartWith("http://[::1]:");
  await front.line(/^back answers on/);
  expect((await front.get("/rolldice")).status).toBe(200);
  await using second = startService("back", { BACK_HOST: "::1", BACK_PORT: String(back.port) });
  expect(await second.exited).toBe(1);
  expect(second.lines.at(-1)?.msg).toStartWith(`back cannot listen on [::1]:${back.port}. `);
});

describe("an invalid value", () => {
  test("is named with what is used instead, and the service runs", async () => {
    await using front = await startFront({ CALL_TIMEOUT_MS: "soon", OTEL_TRACES_SAMPLER: "dice" });
    expect(await front.line(/CALL_TIMEOUT_MS/)).toMatchObject({
      level: "warn",
      msg: 'CALL_TIMEOUT_MS="soon" is not a whole number from 1 to 60000: using 2000',
    });
    expect(await front.line(/OTEL_TRACES_SAMPLER/)).toMatchObject({ level: "warn" });
    expect((await front.get("/healthz")).status).toBe(200);
  });
});

test("a mistake in what keeps callers out ends front with 1 and a line that says what to do", async () => {
  await using front = startService("front", { FRONT_ALLOWED_HOSTS: "https://dice.example" });
  expect(await front.exited).toBe(1);
  expect(front.errors).toBe("");
  expect(front.lines.filter(({ level }) => level !== "info")).toEqual([
    expect.objectContaining({
      level: "error",
      msg: expect.stringMatching(
        /^front does not start. FRONT_ALLOWED_HOSTS="https:.*" is not names .* Correct it or remove it.$/,
      ),
    }),
  ]);
});

describe("in any order", () => {
  test("front starts first, says that back is missing, and finds it when it is there", async () => {
    const reserved = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
    const { port } = reserved;
    await reserved.stop(true);
    await using front = await startFront({ BACK_ADDRESS: `127.0.0.1:${port}` });
    expect(await front.line(/^back does not answer/)).toMatchObject({ level: "warn" });
    expect((await front.get("/rolldice")).status).toBe(503);
    expect((await front.get("/readyz")).status).toBe(503);

    await using first = await startBack({ BACK_PORT: String(port) });
    expect(await front.line(/^back answers/)).toMatchObject({ level: "info" });
    expect((await front.get("/rolldice")).status).toBe(200);
    expect((await front.get("/readyz")).status).toBe(200);

    const linesBefore = front.lines.length;
    first.signal("SIGKILL");
    await first.exited;
    expect((await front.get("/rolldice")).status).toBe(503);

    await using _second = await startBack({ BACK_PORT: String(port) });
    while ((await front.get("/rolldice")).status !== 200) await front.get("/readyz");
    await front.line(/^back answers/, linesBefore);
    const said = front.lines.slice(linesBefore).map(({ msg = "" }) => msg.replace(/ on 127.*/, ""));
    expect(said).toEqual(["the connection to back", "back does not answer", "back answers"]);
  });
});
