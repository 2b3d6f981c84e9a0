/** `bun --watch` and `bun --hot`, which a person runs while they change the code. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "@baton/demo/child-process";
import { processTimeoutMs } from "../../support/stack.ts";
import { otlpEnvironment, startOtlpSink } from "../telemetry/otlp-sink.ts";
import { type ServiceProcess, startProcess } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const answers = /^front answers HTTP/;
const quiet = { OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };

/** Much less than a person takes from a request to the next change, and less than a batch of spans waits otherwise. */
const personMs = 300;

test("bun --watch: a request before a change of the code has its trace", async () => {
  await using sink = startOtlpSink();
  await using front = await startChangeable("--watch", { ...otlpEnvironment(sink.url), ...quiet });
  for (let requests = 1; requests <= 3; requests++) {
    const { url } = await front.process.line(answers, front.linesAtStart());
    expect((await fetch(new URL("/openapi", String(url)))).status).toBe(200);
    // Here the time that passes is what is tested.
    await sleep(personMs);
    await front.change();
    await front.process.line(answers, front.linesAtStart());
    expect(sink.spans).toHaveLength(requests);
  }
});

test("a limit of Bun: --watch does not wait for what a listener of SIGTERM does", async () => {
  await using folder = await createFolder();
  const file = join(folder.path, "main.ts");
  const say = (msg: string) => `console.log(JSON.stringify({ msg: "${msg}" }))`;
  await writeFile(
    file,
    `process.on("SIGTERM", async () => { await 0; await Bun.sleep(1); ${say("waited")}; });
    setInterval(() => {}, 1000); ${say("started")};\n`,
  );
  await using watched = startProcess(["--watch", file], {});
  await watched.line(/^started/);
  await appendFile(file, "// changed\n");
  await watched.line(/^started/, 1);
  // With "waited" between them the spans that wait could be sent at a restart: see prompt-export.ts.
  expect(watched.lines.map(({ msg }) => msg)).toEqual(["started", "started"]);
});

test("bun --hot: the new code has the port, the globals and the signals, each once", async () => {
  await using front = await startChangeable("--hot", {
    ...quiet,
    OTEL_TRACES_EXPORTER: "none",
    FRONT_PORT: freePort(),
  });
  const { url } = await front.process.line(answers, front.linesAtStart());
  for (let changes = 1; changes <= 3; changes++) {
    await front.change();
    expect(await front.process.line(answers, front.linesAtStart())).toMatchObject({ url });
    const response = await fetch(new URL("/openapi", String(url)));
    expect(response.headers.get("traceresponse")).toMatch(/-0[13]$/);
  }
  front.process.signal("SIGTERM");
  expect(await front.process.exited).toBe(0);
  const messages = front.process.lines.map(({ msg }) => msg);
  expect(messages.filter((msg) => msg === "SIGTERM: stopping")).toHaveLength(1);
  expect(front.process.lines.filter(({ level }) => level === "error")).toEqual([]);
  expect(messages.filter((msg) => msg?.includes("telemetry is registered"))).toEqual([]);
  expect(front.process.errors).toBe("");
});

interface Changeable extends AsyncDisposable {
  readonly process: ServiceProcess;
  /** Changes the code, so that Bun loads it again. */
  change(): Promise<void>;
  /** How many lines there were before the code was loaded the last time. */
  linesAtStart(): number;
}

/** Front by way of a file of its own that can be changed. */
async function startChangeable(flag: string, env: Readonly<Record<string, string>>): Promise<Changeable> {
  const folder = await createFolder();
  const file = join(folder.path, "main.ts");
  await writeFile(file, `import "${root}/services/front/src/main.ts";\n`);
  const process = startProcess([flag, file], { FRONT_PORT: "0", BACK_ADDRESS: "127.0.0.1:1", ...env });
  let linesAtStart = 0;
  return {
    process,
    linesAtStart: () => linesAtStart,
    async change() {
      linesAtStart = process.lines.length;
      await appendFile(file, "// changed\n");
    },
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function createFolder() {
  const path = await mkdtemp(join(tmpdir(), "baton-reload-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

function freePort(): string {
  const reserved = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port } = reserved;
  void reserved.stop(true);
  return String(port);
}
