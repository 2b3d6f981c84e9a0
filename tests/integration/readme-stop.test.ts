/** `stop()` of the README's example and of the recipes that serve, while clients listen and hold sockets open. */
import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "@baton/demo/child-process";
import { exampleOf } from "@baton/tools/package/example";
import { processTimeoutMs } from "../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "./telemetry/otlp-sink.ts";

setDefaultTimeout(processTimeoutMs);

/** What the end may take beyond the time for requests that run, which is none here. */
const endMs = 3000;

const events = `new Response(new ReadableStream({ start: (it) => it.enqueue("data: 1\\n\\n") }))`;
const elysiaParts = `.get("/events", () => ${events}).ws("/socket", { message() {} })\n  .listen({ port: 0, `;
const elysia = async (readme: string) =>
  `${(await exampleOf(readme)).replace(".listen({ port: 8080, ", elysiaParts)}\nconsole.log(app.server?.url.href);`;
const recipe = (file: string) => readFile(join(root, "tests/recipes", file), "utf8");

const programs = [
  ["README.md", () => elysia("README.md"), ["GET /events", "GET /socket"]],
  ["shared/telemetry/README.md", () => elysia("shared/telemetry/README.md"), ["GET /events", "GET /socket"]],
  [
    "tests/recipes/bun-serve.ts",
    async () => (await recipe("bun-serve.ts")).replace("routes: {", `routes: { "/events": traced(() => ${events}),`),
    ["GET"],
  ],
  [
    "tests/recipes/hono.ts",
    async () => (await recipe("hono.ts")).replace("app.get(", `app.get("/events", () => ${events});\napp.get(`),
    ["GET /events"],
  ],
] as const;

describe.each(programs)("stop() of %s", (_, program, names) => {
  test("ends in its time, and the spans of what was open are delivered", async () => {
    await using sink = startOtlpSink();
    await using child = start(await program(), { ...otlpEnvironment(sink.url), PORT: "0" });
    const url = await child.url;
    const response = await fetch(new URL("/events", url));
    await response.body?.getReader().read();
    if (names.some((name) => name === "GET /socket")) await openSocket(new URL("/socket", url));

    const stoppedAt = performance.now();
    child.kill("SIGTERM");
    expect(await child.exited).toBe(0);
    expect(performance.now() - stoppedAt).toBeLessThan(endMs);
    expect([...sink.spans].sort()).toEqual([...names]);
  });
});

/** The program as a file in `tests`, so that its imports are found there. */
function start(program: string, env: Readonly<Record<string, string>>) {
  const child = Bun.spawn([process.execPath, "-e", program], {
    cwd: join(root, "tests"),
    env,
    stdout: "pipe",
    stderr: "inherit",
  });
  return {
    url: urlIn(child.stdout),
    exited: child.exited,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.exited;
    },
  };
}

async function urlIn(output: ReadableStream<Uint8Array>): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    text += decoder.decode(chunk, { stream: true });
    const [url] = /^http:\/\/\S+$/m.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`the program ended and did not print its URL:\n${text}`);
}

async function openSocket(url: URL): Promise<void> {
  url.protocol = "ws:";
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = new WebSocket(url);
  socket.addEventListener("open", () => resolve());
  socket.addEventListener("error", () => reject(new Error("the socket did not open")));
  await promise;
}
