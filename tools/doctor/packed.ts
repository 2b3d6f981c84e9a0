/** The doctor as others get it: packed, and run by bunx from a folder that knows nothing of this repository. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@baton/tests/doctor/free-ports";

const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = join(root, "doctor/package.json");

/** @throws Error with what the command said. */
export async function checkPacked(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "baton-doctor-packed-"));
  try {
    const before = await Bun.file(manifest).text();
    await run([process.execPath, "pm", "pack", "--quiet", "--destination", folder], join(root, "doctor"), 0);
    if ((await Bun.file(manifest).text()) !== before) throw new Error("doctor/package.json is not what it was");
    const [tarball = ""] = [...new Bun.Glob("*.tgz").scanSync(folder)];
    await checkTypes(folder, tarball);
    const bunx = [process.execPath, "x", "--package", join(folder, tarball), "doctor"];
    expectText(await run([...bunx, "--help"], folder, 0), "doctor URL [options]");
    const ports = ["--otlp-http-port", "0", "--otlp-grpc-port", "0"];
    expectText(
      await run([...bunx, "http://127.0.0.1:1/", ...ports], folder, 2),
      "Nothing listens at http://127.0.0.1:1/",
    );
    expectText(await run([...bunx, "--self"], folder, 2), "--self: works in a clone of Baton");
    await examineTraced(bunx, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function checkTypes(folder: string, tarball: string): Promise<void> {
  const use = `import { type Examination, examine } from "@baton/doctor";
const look = async (): Promise<Examination["findings"]> => (await examine({ url: "http://127.0.0.1:1/" })).findings;
// @ts-expect-error The types are there: a number is no text.
const wrong = async (): Promise<string> => (await examine({ url: "" })).requests;
export { look, wrong };
`;
  const compilerOptions = { module: "NodeNext", target: "ESNext", strict: true, noEmit: true, types: [] };
  await Bun.write(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  await Bun.write(join(folder, "use.ts"), use);
  await Bun.write(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
  await run([process.execPath, "add", "--silent", join(folder, tarball)], folder, 0);
  await run([join(root, "node_modules/.bin/tsc"), "-p", folder], folder, 0);
}

/** A service that speaks OTLP by hand: the packed receiver takes its span. */
async function examineTraced(bunx: readonly string[], folder: string): Promise<void> {
  const [otlpPort = 0] = freePorts(1);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      void sendSpan(otlpPort, request);
      return new Response("here");
    },
  });
  const words = [server.url.href, "--otlp-http-port", `${otlpPort}`, "--otlp-grpc-port", "0", "--wait", "10"];
  const report = await run([...bunx, ...words, "--json"], folder, 1);
  await server.stop(true);
  expectText(report, '"name": "by hand"');
}

async function sendSpan(port: number, { headers }: Request): Promise<void> {
  const [, traceId, parentSpanId] = headers.get("traceparent")?.split("-") ?? [];
  const now = `${Date.now()}000000`;
  const spanId = crypto.getRandomValues(new Uint8Array(8)).toHex();
  const span = { traceId, parentSpanId, spanId, name: "GET", kind: 2, startTimeUnixNano: now, endTimeUnixNano: now };
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "by hand" } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  const url = `http://127.0.0.1:${port}/v1/traces`;
  await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body }).catch(() => {});
}

async function run(command: readonly string[], cwd: string, wanted: number): Promise<string> {
  const child = Bun.spawn([...command], { cwd, stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== wanted) throw new Error(`${command.join(" ")} ended with ${code}, not ${wanted}:\n${out}${err}`);
  return out + err;
}

function expectText(text: string, part: string): void {
  if (!text.includes(part)) throw new Error(`expected ${JSON.stringify(part)} in:\n${text}`);
}
