/** A CommonJS library that asks for its tracer when it is loaded still records, run as source, bundled and compiled. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

const folder = await mkdtemp(join(tmpdir(), "baton-library-"));
afterAll(() => rm(folder, { recursive: true }));

const forms = {
  "as source": async (entry: string) => [process.execPath, entry],
  "after `bun build`": async (entry: string, name: string) => {
    const outfile = join(folder, `${name}.js`);
    await exec([process.execPath, "build", "--target=bun", entry, "--outfile", outfile]);
    return [process.execPath, outfile];
  },
  "after `bun build --compile`": async (entry: string, name: string) => {
    const outfile = join(folder, name);
    await exec([process.execPath, "build", "--compile", entry, "--outfile", outfile]);
    return [outfile];
  },
} as const;

async function exec(command: readonly string[], env: Record<string, string | undefined> = process.env): Promise<void> {
  const child = Bun.spawn([...command], { env, stdout: "ignore", stderr: "pipe" });
  const [code, errors] = await Promise.all([child.exited, child.stderr.text()]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${errors}`);
}

describe.each(["library-first", "telemetry-first"])("%s", (name) => {
  test.each(Object.keys(forms) as (keyof typeof forms)[])("%s", async (form) => {
    await using sink = startOtlpSink();
    const command = await forms[form](`${import.meta.dir}/apps/${name}.ts`, name);
    await exec(command, otlpEnvironment(sink.url));
    const span = name.replace("-", " ");
    expect([...sink.spans].sort()).toEqual([span, `${span} inner`]);
    // The API hands out tracers that find their provider later, and has nothing of the kind for meters.
    expect(sink.metrics.includes("library.calls")).toBe(name === "telemetry-first");
  });
});
