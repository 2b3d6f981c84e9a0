import { expect, test } from "bun:test";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

test("a closed standard output loses the lines and nothing else", async () => {
  await using sink = startOtlpSink();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/broken-output.ts`], {
    env: otlpEnvironment(sink.url),
    stdin: "pipe",
    stderr: "inherit",
  });
  await child.stdout.cancel();
  await child.stdin.end();
  expect(await child.exited).toBe(0);
  expect(sink.spans).toEqual(["still alive"]);
  expect(sink.logs).toHaveLength(1000);
});
