/** A file for the log that takes no more: the limit of a file's size makes the same errors as a full disk. */
import { expect, test } from "bun:test";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otlpEnvironment } from "./otlp-sink.ts";

test("requests are answered, and the log goes on when there is space, with the number of lost lines", async () => {
  const directory = await mkdtemp(join(tmpdir(), "baton-disk-"));
  const path = join(directory, "log");
  const limited = `trap "" XFSZ; ulimit -f 8; exec "$@" >> "${path}"`;
  const child = Bun.spawn(["bash", "-c", limited, "bash", process.execPath, `${import.meta.dir}/apps/full-disk.ts`], {
    env: {
      ...otlpEnvironment("http://localhost:1"),
      OTEL_TRACES_EXPORTER: "none",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
    stderr: "pipe",
  });
  try {
    const { value } = await child.stderr.getReader().read();
    const url = new TextDecoder().decode(value).trim();
    const ask = async (path: string): Promise<string> => (await fetch(new URL(path, url))).text();
    for (let count = 0; count < 50; count += 1) expect(await ask("/full")).toBe("answered");
    await truncate(path);
    expect(await ask("/again")).toBe("answered");
    child.kill("SIGTERM");
    await child.exited;
    const messages = (await Bun.file(path).text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    expect(messages).toEqual([expect.stringMatching(/^\d+ log lines were dropped/), "/again"]);
  } finally {
    child.kill("SIGKILL");
    await rm(directory, { recursive: true });
  }
});
