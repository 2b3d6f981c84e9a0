/**
 * `bun run test:package`: does the README's own-service example work in a project that is not this one? Packs the
 * telemetry package, installs it into an empty folder (which needs the registry), checks and runs the example as it
 * stands in the README, and looks at the spans that it sends.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startViewer } from "@baton/viewer";

/** The package is TypeScript, so its sources are checked by the options of whoever uses it. */
const OPTIONS_OF_BUN_INIT = {
  lib: ["ESNext"],
  target: "ESNext",
  module: "Preserve",
  moduleDetection: "force",
  moduleResolution: "bundler",
  allowImportingTsExtensions: true,
  verbatimModuleSyntax: true,
  noEmit: true,
  strict: true,
  skipLibCheck: true,
  noFallthroughCasesInSwitch: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};

const root = new URL("../../", import.meta.url).pathname;
const folder = await mkdtemp(join(tmpdir(), "baton-package-"));
const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });

try {
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "shop", type: "module" }));
  await run(["pm", "pack", "--quiet", "--destination", folder], join(root, "shared/telemetry"));
  await run(["add", "--silent", "./baton-telemetry-1.0.0.tgz", "elysia@1.4.30", "@types/bun@1.4.5"], folder);
  await writeFile(join(folder, "shop.ts"), await exampleOfReadme());
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: OPTIONS_OF_BUN_INIT }));
  await run([join(root, "node_modules/typescript/bin/tsc"), "--noEmit"], folder);
  const traceId = await callExample();
  console.log(`ok      the README's example answered, and its trace ${traceId} is whole\n\n1 passed, 0 failed`);
} catch (error) {
  console.log(`FAILED  ${error instanceof Error ? error.message : String(error)}\n\n0 passed, 1 failed`);
  process.exitCode = 1;
} finally {
  await viewer.stop();
  await rm(folder, { recursive: true });
}

/** The example, on a free port and calling a server of our own where it calls front. */
async function exampleOfReadme(): Promise<string> {
  const [, example] =
    /```ts\n(import \{ startTelemetry[\s\S]*?)```/.exec(await readFile(join(root, "README.md"), "utf8")) ?? [];
  if (example === undefined)
    throw new Error("README.md has no TypeScript block that begins with the import of startTelemetry");
  return example;
}

/** Runs the example, makes a request, interrupts it at once, and waits until both spans of the request have arrived. */
async function callExample(): Promise<string> {
  const shop = Bun.spawn([process.execPath, "shop.ts"], {
    cwd: folder,
    env: { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: viewer.otlpUrl },
    stdout: "ignore",
    stderr: "inherit",
  });
  try {
    const response = await answerOf("http://127.0.0.1:8080/dice/3", shop);
    const traceId = response.headers.get("traceresponse")?.split("-")[1];
    if (traceId === undefined) throw new Error("the example's answer has no traceresponse header");
    await response.text();
    shop.kill("SIGINT");
    const code = await shop.exited;
    if (code !== 0) throw new Error(`the example ended with ${code} after Ctrl+C`);
    await viewer.waitForTrace(traceId, (trace) => kindsOf(trace).join() === "client,server");
    return traceId;
  } finally {
    shop.kill("SIGKILL");
  }
}

function kindsOf(trace: Awaited<ReturnType<typeof viewer.waitForTrace>>): string[] {
  const tags = trace.spans.flatMap((span) => span.tags ?? []);
  return tags.flatMap(({ key, value }) => (key === "span.kind" ? [String(value)] : [])).toSorted();
}

async function answerOf(url: string, shop: Bun.Subprocess): Promise<Response> {
  for (const deadline = performance.now() + 15_000; performance.now() < deadline; await Bun.sleep(50)) {
    const response = await fetch(url).catch(() => undefined);
    if (response !== undefined) return response;
    if (shop.exitCode !== null) throw new Error(`the example ended with ${shop.exitCode}; is port 8080 taken?`);
  }
  throw new Error(`the example did not answer on ${url} within 15 s`);
}

async function run(args: readonly string[], cwd: string): Promise<void> {
  const child = Bun.spawn([process.execPath, ...args], { cwd, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`bun ${args.join(" ")} ended with ${code}:\n${out}${err}`);
}
