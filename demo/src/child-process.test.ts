import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessFailedError, startChildProcess } from "./child-process.ts";

const folder = await mkdtemp(join(tmpdir(), "baton-child-process-"));
afterAll(() => rm(folder, { recursive: true }));

async function program(name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await Bun.write(path, source);
  return path;
}

const start = (path: string, startTimeoutMs?: number) =>
  startChildProcess({
    name: "child",
    path,
    env: {},
    readUrl: (line) => /^at (.+)$/.exec(line)?.[1],
    ...(startTimeoutMs === undefined ? {} : { startTimeoutMs }),
  });

const polite = await program(
  "polite",
  `process.on("SIGTERM", () => { console.log("bye"); process.exit(0); }); setInterval(() => {}, 1e6); console.log("at http://x");`,
);

test("is ready when it says where it listens, and stops in order", async () => {
  const child = await start(polite);
  expect(child.url).toBe("http://x");
  expect(await child.stop()).toEqual({ code: 0, signal: null });
  expect(child.output()).toEqual(["at http://x", "bye"]);
});

test("reports a process that ends too early, with the end of what it wrote", async () => {
  const path = await program("early", `console.log("one"); console.error("no such dice"); process.exit(7);`);
  const error = await start(path).catch((reason) => reason);
  expect(error).toBeInstanceOf(ProcessFailedError);
  expect(error.message).toBe("child ended with exit code 7");
  expect([...error.output].sort()).toEqual(["no such dice", "one"]);
});

test("reports a process that never gets ready, and ends it", async () => {
  const path = await program("mute", `console.log(process.pid); setInterval(() => {}, 1e6);`);
  const error = await start(path, 1000).catch((reason) => reason);
  expect(error.message).toBe("child did not start within 1000 ms");
  expect(() => process.kill(Number(error.output[0]), 0)).toThrow("ESRCH");
});

test("says by which signal a process ended", async () => {
  const child = await start(polite);
  expect(await child.kill()).toEqual({ code: null, signal: "SIGKILL" });
});

test("leaves with its parent, also when that is killed", async () => {
  const parent = await program(
    "parent",
    `import { startChildProcess } from ${JSON.stringify(join(import.meta.dir, "child-process.ts"))};
     const child = await startChildProcess({ name: "child", path: ${JSON.stringify(polite)}, env: {}, readUrl: (line) => line });
     console.log(child.pid);
     await child.exited;`,
  );
  const process_ = Bun.spawn([process.execPath, parent], { stdout: "pipe" });
  const { value } = await process_.stdout.getReader().read();
  const pid = Number(new TextDecoder().decode(value));
  process.kill(pid, 0);
  process_.kill("SIGKILL");
  await process_.exited;
  await untilGone(pid);
});

async function untilGone(pid: number): Promise<void> {
  while (true) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await Bun.sleep(10);
  }
}
