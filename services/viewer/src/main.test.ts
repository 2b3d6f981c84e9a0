import { describe, expect, test } from "bun:test";
import { join } from "node:path";

const PACKAGE_DIR = join(import.meta.dir, "..");
const FREE = { VIEWER_PORT: "0", VIEWER_OTLP_HTTP_PORT: "0", VIEWER_OTLP_GRPC_PORT: "0" };

function start(env: Readonly<Record<string, string>>) {
  return Bun.spawn([process.execPath, "run", PACKAGE_DIR], {
    env: { ...process.env, ...FREE, ...env },
    stdout: "pipe",
    stderr: "pipe",
  });
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) break;
  }
  return text.split("\n")[0] ?? "";
}

describe("bun run services/viewer", () => {
  test.each(["SIGINT", "SIGTERM"] as const)("prints its URLs, and %s ends it with 0", async (signal) => {
    const child = start({ VIEWER_MAX_TRACES: "none" });
    const line = await firstLine(child.stdout);
    // Without colours, because this is a pipe.
    const [, url = "", otlpUrl = ""] =
      /^viewer: pages and query API at (http:\S+), OTLP over HTTP at (http:\S+) and over gRPC at http:\S+$/.exec(
        line,
      ) ?? [];
    expect((await fetch(`${url}/api/services`)).status).toBe(200);
    expect((await fetch(`${otlpUrl}/v1/traces`)).status).toBe(405);
    child.kill(signal);
    expect(await child.exited).toBe(0);
    expect(await new Response(child.stderr).text()).toBe(
      'viewer: VIEWER_MAX_TRACES must be a whole number from 1 to 10000000, not "none": using 10000.\n',
    );
  });

  test.each(["VIEWER_PORT", "VIEWER_OTLP_HTTP_PORT", "VIEWER_OTLP_GRPC_PORT"])(
    "names %s and the port in one line when another process has it, and ends with 1",
    async (variable) => {
      const other = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => {} } });
      const child = start({ [variable]: String(other.port) });
      const [code, out, err] = await Promise.all([
        child.exited,
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
      ]);
      other.stop(true);
      expect({ code, out, err }).toEqual({
        code: 1,
        out: "",
        err: `viewer: cannot listen on 127.0.0.1:${other.port}: another process has that port. Set ${variable} to another port, or to 0 for any free one.\n`,
      });
    },
  );
});
