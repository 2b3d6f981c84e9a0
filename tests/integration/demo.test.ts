/** `bun run demo` as a process: its output is true, and no process is left, however it ends. */
import { afterEach, describe, expect, setDefaultTimeout, test } from "bun:test";
import { root } from "@baton/demo/child-process";
import { scenarios } from "@baton/demo/scenarios";
import { until } from "@baton/tools/until";
import { type DemoPorts, type DemoRun, portVariables, runDemo, takePort } from "../support/run-demo.ts";
import { processTimeoutMs } from "../support/stack.ts";

setDefaultTimeout(processTimeoutMs);

const anyPorts: DemoPorts = { front: 0, back: 0, query: 0, otlpHttp: 0, otlpGrpc: 0 };

const runs: DemoRun[] = [];
afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill("SIGTERM");
    await run.exited;
  }
});

function start(
  args: readonly string[],
  ports: DemoPorts = anyPorts,
  env: Readonly<Record<string, string>> = {},
): DemoRun {
  const run = runDemo(args, ports, env);
  runs.push(run);
  return run;
}

test("--once when all ports are taken: each is named, and other ones are used and printed", async () => {
  await using front = await takePort();
  await using back = await takePort();
  await using query = await takePort();
  await using otlpHttp = await takePort();
  await using otlpGrpc = await takePort();
  const taken = { front, back, query, otlpHttp, otlpGrpc };
  const ports = Object.fromEntries(Object.entries(taken).map(([name, { port }]) => [name, port])) as DemoPorts;
  const run = start(["--once"], ports);
  const code = await run.exited;
  const output = run.output();
  expect(output.match(/different: .*/g)).toBeNull();
  expect(code).toBe(0);
  for (const port of Object.values(ports)) {
    expect(output).toContain(`port ${port} is taken`);
    expect(output).not.toContain(`localhost:${port}`);
  }
  for (const { title } of scenarios) expect(output).toContain(`\n${title}\n`);
  expect(output.match(/one root, no orphan, /g)).toHaveLength(scenarios.length);
  expect(output.match(/http:\/\/localhost:\d+\/trace\/[0-9a-f]{32}\n/g)).toHaveLength(scenarios.length);
  expect(output).toContain(`${scenarios.length} requests, ${scenarios.length} traces: each tree is what it must be.`);
  expect(output).not.toContain("\u001b");
});

describe("without --once it keeps running", () => {
  test("the printed commands work, and SIGINT stops everything", async () => {
    const run = start(["--only=plain-roll"]);
    const [, frontUrl = ""] = await run.waitFor(/curl -i '(http:[^']+)\/rolldice\?rolls=3'/);
    const [, queryUrl = ""] = await run.waitFor(/curl (http:\S+)\/api\/traces\/</);
    await run.waitFor(/\/search {2}the traces/);
    const answer = await fetch(`${frontUrl}/rolldice?rolls=3`);
    expect(await answer.json()).toHaveLength(3);
    expect((await fetch(`${queryUrl}/search`)).status).toBe(200);
    expect((await fetch(`${frontUrl}/`)).status).toBe(200);
    const addresses = await listeningAddresses(run);
    run.kill("SIGINT");
    expect(await run.exited).toBe(0);
    expect(await stillListening(addresses)).toEqual([]);
  });

  test("a second demo finds the first one's backend and uses it", async () => {
    const first = start(["--only=plain-roll"]);
    await first.waitFor(/\/search {2}the traces/);
    const [, query = ""] = await first.waitFor(/viewer {2}http:\/\/localhost:(\d+),/);
    const [, otlpHttp = ""] = await first.waitFor(/OTLP at http:\/\/localhost:(\d+)/);
    const second = start(["--once", "--only=plain-roll"], {
      ...anyPorts,
      query: Number(query),
      otlpHttp: Number(otlpHttp),
    });
    expect(await second.exited).toBe(0);
    expect(second.output()).toContain("A trace backend already runs");
    expect(second.output()).toContain(`http://localhost:${query}/trace/`);
    expect(second.output()).not.toContain("viewer  http");
  });
});

test("Ctrl+C in a terminal stops everything in order, and no line is wider than a narrow terminal", async () => {
  const decoder = new TextDecoder();
  let text = "";
  const child = Bun.spawn([process.execPath, "run", "demo", "--only=plain-roll"], {
    cwd: root,
    env: { ...process.env, ...portVariables(anyPorts), NO_COLOR: "", TERM: "xterm" },
    terminal: {
      cols: 60,
      rows: 40,
      data: (_, data) => {
        text += decoder.decode(data, { stream: true });
      },
    },
  });
  await until("the demo has shown everything", () => text.includes("/search  the traces") || child.exitCode !== null);
  child.terminal?.write("\u0003");
  expect(await child.exited).toBe(0);
  expect(text).toContain("Stopping all services");
  expect(text).toContain("\u001b[1mA plain roll");
  const waterfall = Bun.stripANSI(text)
    .split(/\r?\n/)
    .filter((line) => line.includes("▕"));
  expect(waterfall.map((line) => Bun.stringWidth(line))).toEqual([60, 60, 60, 60]);
  expect(waterfall.filter((line) => / …\S*\/Roll /.test(line))).toHaveLength(2);
  const words = Bun.stripANSI(text).replace(/\s+/g, " ");
  expect(words).toContain(` ${scenarios.find(({ id }) => id === "plain-roll")?.shows} `);
});

describe("it fails", () => {
  test("when a service dies, with the last lines of its output, and stops the others", async () => {
    const run = start(["--only=plain-roll"]);
    await run.waitFor(/\/search {2}the traces/);
    const addresses = await listeningAddresses(run);
    const [back = 0] = await processesOf(run, "services/back");
    process.kill(back, "SIGKILL");
    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(/back was ended by SIGKILL\. Its last lines of output:\n.*back answers gRPC/s);
    expect(await stillListening(addresses)).toEqual([]);
  });

  test("when a service cannot start", async () => {
    const run = start(["--once"], anyPorts, { BACK_HOST: "192.0.2.1" });
    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(/back ended with exit code 1\. Its last lines of output:\n.*BACK_HOST/s);
  });

  test("when a tree is not as expected, and says how it differs", async () => {
    // Front begins a trace of its own, so that of the caller has no span of front.
    const run = start(["--once", "--only=joined-trace"], anyPorts, {
      FRONT_TRUST: "restart",
      BATON_TRACE_TIMEOUT_MS: "300",
    });
    expect(await run.exited).toBe(1);
    expect(run.output()).toMatch(/different: missing: demo CLIENT GET > front SERVER GET/);
    expect(run.output()).toMatch(/1 of 1 trace is not as expected: A trace that another service began/);
  });

  test("for an unknown option", async () => {
    const run = start(["--twice"]);
    expect(await run.exited).toBe(2);
    expect(run.output()).toContain("--twice is not an option of the demo.");
  });
});

test.each(["SIGTERM", "SIGHUP"] as const)(
  "%s during the start stops the services that were started",
  async (signal) => {
    const run = start(["--only=plain-roll"]);
    await run.waitFor(/viewer {2}http/);
    const addresses = await listeningAddresses(run);
    run.kill(signal);
    expect(await run.exited).toBe(0);
    expect(await stillListening(addresses)).toEqual([]);
  },
);

test.each([
  ["is being started", /viewer {2}http/],
  ["shows its scenarios", /one root, no orphan/],
])("SIGINT while --once %s stops everything, and the exit code is not 0", async (_, when) => {
  const run = start(["--once"]);
  await run.waitFor(when);
  const addresses = await listeningAddresses(run);
  run.kill("SIGINT");
  expect(await run.exited).toBe(130);
  expect(run.output()).not.toContain("each tree is what it must be");
  expect(await stillListening(addresses)).toEqual([]);
});

test("a reader that closes the pipe ends it without a message, and everything stops", async () => {
  const pipeline = Bun.spawn(["sh", "-c", '"$0" run --silent demo --once | head -5', process.execPath], {
    cwd: root,
    env: { ...process.env, ...portVariables(anyPorts) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [output, errors] = await Promise.all([pipeline.stdout.text(), pipeline.stderr.text(), pipeline.exited]);
  expect(errors).toBe("");
  const [, query = ""] = /viewer {2}http:\/\/localhost:(\d+),/.exec(output) ?? [];
  expect(query).not.toBe("");
  expect(await stillListening([`localhost:${query}`])).toEqual([]);
});

test("--help prints the usage and starts nothing", async () => {
  const run = start(["--help"]);
  expect(await run.exited).toBe(0);
  expect(run.output()).toContain("bun run demo [--once]");
  expect(run.output()).not.toContain("Installing");
});

test.each(["run demo", "demo/src/main.ts"])("when `%s` is killed, every process ends", async (killed) => {
  const run = start(["--only=plain-roll"]);
  await run.waitFor(/\/search {2}the traces/);
  const addresses = await listeningAddresses(run);
  const [pid = 0] = await processesOf(run, killed);
  process.kill(pid, "SIGKILL");
  await until("nothing listens any more", async () => (await stillListening(addresses)).length === 0);
});

/** The addresses that the demo printed for its services. */
async function listeningAddresses(run: DemoRun): Promise<readonly string[]> {
  return [...run.output().matchAll(/^ {2}(?:viewer|back|front) +(?:http:\/\/)?(\S+?:\d+)/gm)].flatMap(
    ([, at]) => at ?? [],
  );
}

async function stillListening(addresses: readonly string[]): Promise<readonly string[]> {
  const answers = await Promise.all(addresses.map(async (address) => ((await connects(address)) ? [address] : [])));
  return answers.flat();
}

async function connects(address: string): Promise<boolean> {
  const [hostname = "", port] = address.split(":");
  try {
    const socket = await Bun.connect({ hostname, port: Number(port), socket: { data() {} } });
    socket.end();
    return true;
  } catch {
    return false;
  }
}

/** The child processes of the demo with this text in their command lines. */
async function processesOf(run: DemoRun, text: string): Promise<readonly number[]> {
  const rows = (await Bun.$`ps -eo pid=,ppid=,args=`.text()).split("\n").map((row) => {
    const [, pid = "", parent = "", command = ""] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row) ?? [];
    return { pid: Number(pid), parent: Number(parent), command };
  });
  const below = new Set([run.pid]);
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of rows) if (below.has(parent)) below.add(pid);
  }
  return rows.filter(({ pid, command }) => below.has(pid) && command.includes(text)).map(({ pid }) => pid);
}
