import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PartFailedError, startPart } from "./part.ts";

const folder = await mkdtemp(join(tmpdir(), "baton-part-"));
afterAll(() => rm(folder, { recursive: true }));

async function program(name: string, source: string): Promise<string> {
  const path = join(folder, `${name}.ts`);
  await Bun.write(path, source);
  return path;
}

const start = (path: string, startTimeoutMs?: number) =>
  startPart({
    name: "part",
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
  const part = await start(polite);
  expect(part.url).toBe("http://x");
  expect(await part.stop()).toEqual({ code: 0, signal: null });
  expect(part.output()).toEqual(["at http://x", "bye"]);
});

test("reports a process that ends too early, with the end of what it wrote", async () => {
  const path = await program("early", `console.log("one"); console.error("no such dice"); process.exit(7);`);
  const error = await start(path).catch((reason) => reason);
  expect(error).toBeInstanceOf(PartFailedError);
  expect(error.message).toBe("part ended with exit code 7");
  expect([...error.output].sort()).toEqual(["no such dice", "one"]);
});

test("reports a process that never gets ready, and ends it", async () => {
  const path = await program("mute", `console.log(process.pid); setInterval(() => {}, 1e6);`);
  const error = await start(path, 1000).catch((reason) => reason);
  expect(error.message).toBe("part did not start within 1000 ms");
  expect(() => process.kill(Number(error.output[0]), 0)).toThrow("ESRCH");
});

test("says by which signal a process ended", async () => {
  const part = await start(polite);
  expect(await part.kill()).toEqual({ code: null, signal: "SIGKILL" });
});

test("leaves with its parent, also when that is killed", async () => {
  const parent = await program(
    "parent",
    `import { startPart } from ${JSON.stringify(join(import.meta.dir, "part.ts"))};
     const part = await startPart({ name: "part", path: ${JSON.stringify(polite)}, env: {}, readUrl: (line) => line });
     console.log(part.pid);
     await part.exited;`,
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
