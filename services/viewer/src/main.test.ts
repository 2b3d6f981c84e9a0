import { describe, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JaegerTrace } from "@baton/trace-tree";
import { TRACE_ID, traceRequest } from "./testing/otlp.ts";

const PACKAGE_DIR = join(import.meta.dir, "..");
const FREE = { VIEWER_PORT: "0", VIEWER_OTLP_HTTP_PORT: "0", VIEWER_OTLP_GRPC_PORT: "0" };

function start(env: Readonly<Record<string, string>>, args: readonly string[] = [], input = "") {
  return Bun.spawn([process.execPath, "run", PACKAGE_DIR, ...args], {
    stdin: new Blob([input]),
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

  test("shows what a file and a pipe hold, and reports a line that is none", async () => {
    const span = (spanId: string) => JSON.stringify(traceRequest({ spans: [{ spanId }] }));
    const file = join(tmpdir(), `viewer-${process.pid}.json`);
    await Bun.write(file, span("1111111111111111"));
    const child = start({}, ["--file", file], `${span("2222222222222222")}\nhello\n${span("3333333333333333")}\n`);
    const err = firstLine(child.stderr);
    const [, url = ""] = /API at (http:\S+),/.exec(await firstLine(child.stdout)) ?? [];
    expect(await err).toStartWith("viewer: line 2 of standard input is left out: ");
    const { data } = (await until(async () => {
      const answer = (await (await fetch(`${url}/api/traces/${TRACE_ID}`)).json()) as { data: JaegerTrace[] };
      return answer.data[0]?.spans.length === 3 ? answer : undefined;
    })) as { data: JaegerTrace[] };
    expect(data[0]?.spans.map(({ spanID }) => spanID[0])).toEqual(["1", "2", "3"]);
    child.kill();
    expect(await child.exited).toBe(0);
    await rm(file);
  });

  test.each([
    [["--file", "/no/such.json"], "viewer: /no/such.json cannot be shown: "],
    [["--port=1"], "viewer: there is no argument --port=1"],
  ])("ends with 1 and one line for %p", async (args, message) => {
    const child = start({}, args);
    const [code, err] = await Promise.all([child.exited, new Response(child.stderr).text()]);
    expect(code).toBe(1);
    expect(err).toStartWith(message);
    expect(err.trim().split("\n")).toHaveLength(1);
  });

  test("ends with 1 and one line, without the value, for a token that is too short", async () => {
    const child = start({ VIEWER_TOKEN: "tooshort" });
    const [code, out, err] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    expect([code, out, err]).toEqual([1, "", expect.stringMatching(/^viewer: VIEWER_TOKEN must be .*\n$/)]);
    expect(err).not.toContain("tooshort");
  });

  test("--help says how it is used", async () => {
    const child = start({}, ["--help"]);
    expect(await new Response(child.stdout).text()).toContain("--file PATH");
    expect(await child.exited).toBe(0);
  });
});

/** Asks until there is an answer. */
async function until<Value>(ask: () => Promise<Value | undefined>): Promise<Value> {
  while (true) {
    const value = await ask();
    if (value !== undefined) return value;
  }
}
