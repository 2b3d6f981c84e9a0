/** The example of a README, run as a process of its own: its answer, its end after Ctrl+C, and its trace. */
import { join } from "node:path";
import { startViewer } from "@baton/viewer";
import { ROOT } from "./project.ts";

type Viewer = Awaited<ReturnType<typeof startViewer>>;

export async function exampleOf(readme: string): Promise<string> {
  const text = await Bun.file(join(ROOT, readme)).text();
  const [, example] = /```ts\n(import \{ startTelemetry[\s\S]*?)```/.exec(text) ?? [];
  if (example !== undefined) return example;
  throw new Error(`${readme} has no TypeScript block that begins with the import of startTelemetry`);
}

/** Makes one request, interrupts the example at once, and waits until both spans of the request have arrived. */
export async function checkExample(project: string, file: string): Promise<void> {
  const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  const shop = Bun.spawn([process.execPath, file], {
    cwd: project,
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
  } finally {
    shop.kill("SIGKILL");
    await shop.exited;
    await viewer.stop();
  }
}

function kindsOf(trace: Awaited<ReturnType<Viewer["waitForTrace"]>>): string[] {
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
