/** An application with a copy of `@opentelemetry/api` of its own, made of the installed one with another version. */
import { afterAll, describe, expect, test } from "bun:test";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const folder = await mkdtemp(join(tmpdir(), "baton-api-"));
afterAll(() => rm(folder, { recursive: true }));

const installed = dirname(Bun.resolveSync("@opentelemetry/api/package.json", import.meta.dir));
const APPLICATION = `
import { startTelemetry } from "${import.meta.dir}/index.ts";
import { trace } from "@opentelemetry/api";
const off = { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none" };
const early = trace.getTracer("early");
const lines = [];
const onReport = (level, message) => void lines.push(level + " " + message);
const telemetry = startTelemetry({ serviceName: "app", env: { ...off, ...process.env }, onReport });
const active = telemetry.tracer.startActiveSpan("a", (span) => trace.getActiveSpan() === span);
const recording = early.startSpan("b").isRecording();
await telemetry.shutdown();
const after = trace.getTracer("late").startSpan("c").isRecording();
console.log(JSON.stringify({ active, recording, after, lines: lines.filter((line) => line.includes("@opentelemetry/api")) }));
`;

/** `version` of `undefined` gives the application no copy, so that it finds none. */
async function createApplication(version: string | undefined, source = APPLICATION): Promise<string> {
  const application = join(folder, version ?? "none");
  const copy = join(application, "node_modules/@opentelemetry/api");
  if (version !== undefined) {
    await cp(installed, copy, { recursive: true, dereference: true });
    for (const file of ["package.json", ...(await Array.fromAsync(new Bun.Glob("build/**/version.js").scan(copy)))]) {
      const text = await Bun.file(join(copy, file)).text();
      expect(text).toContain("1.9.1");
      await writeFile(join(copy, file), text.replace("1.9.1", version));
    }
  }
  await Bun.write(join(application, "main.ts"), source);
  return application;
}

async function outputOf(command: readonly string[], cwd = folder): Promise<unknown> {
  const child = Bun.spawn([...command], { cwd, stdout: "pipe", stderr: "pipe" });
  const [out, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${errors}`);
  return out.startsWith("{") ? JSON.parse(out) : out;
}

const together = { active: true, recording: true, after: false };
const blind = { active: false, recording: false, after: false };
const versions = (other: string): string => `${other} in the application, 1.9.1 in the telemetry`;

describe("an application whose @opentelemetry/api is", () => {
  test.each([
    ["the same version in another folder", "1.9.1", together, []],
    // What an older copy handed out before the start goes on recording nothing; what it hands out later is recorded.
    ["older", "1.8.0", { ...together, recording: false }, []],
    [
      "newer",
      "1.10.0",
      together,
      [
        expect.stringContaining(
          `info Two copies of @opentelemetry/api work together here, but not in a bundle (${versions("1.10.0")})`,
        ),
      ],
    ],
    [
      "of another major version",
      "2.0.0",
      blind,
      [
        expect.stringMatching(
          /^warn .* records nothing \(2\.0\.0 .* bun add @opentelemetry\/api@1\.9\.1, or .*api@1\.10 where OpenTelemetry SDK 3/,
        ),
      ],
    ],
  ])("%s", async (_, version, seen, lines) => {
    const application = await createApplication(version);
    expect(await outputOf([process.execPath, join(application, "main.ts")])).toEqual({ ...seen, lines });
  });

  test("newer, and bundled with the telemetry's: the line says that nothing is recorded", async () => {
    const application = await createApplication("1.11.0");
    await outputOf([process.execPath, "build", "--target=bun", "--outfile=bundle.js", "main.ts"], application);
    const output = await outputOf([process.execPath, join(application, "bundle.js")]);
    expect(output).toEqual({
      ...blind,
      lines: [expect.stringMatching(/^warn .* records nothing \(it is not the copy in this bundle\)/)],
    });
  });

  test("nowhere: nothing is said, and nothing is downloaded", async () => {
    const source = `import { findApiCopies } from "${import.meta.dir}/globals.ts"; console.log(JSON.stringify(findApiCopies().versions));`;
    const application = await createApplication(undefined, source);
    expect(await outputOf([process.execPath, join(application, "main.ts")])).toBe('""\n');
  });
});
