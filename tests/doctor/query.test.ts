/** `--query`: the spans are read from a backend that the service sends to already. The viewer stands for a Jaeger. */
import { describe, expect, test } from "bun:test";
import { examine } from "@baton/doctor";
import { startViewer } from "@baton/viewer";
import { freePorts } from "./free-ports.ts";
import { faults, startTinyService } from "./services.ts";

async function startBackend() {
  const viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
  return {
    query: process.env.BATON_QUERY_URL ?? viewer.url,
    otlpPort: Number(new URL(process.env.OTEL_EXPORTER_OTLP_ENDPOINT ?? viewer.otlpUrl).port),
    [Symbol.asyncDispose]: () => viewer.stop(),
  };
}

describe("the spans of a backend", () => {
  test.each([
    [undefined, "right"],
    ["makes no CLIENT span", "unusual"],
    ["does not read the header", "broken"],
  ] as const)("a service that %s is %s", async (fault, expected) => {
    await using backend = await startBackend();
    await using service = startTinyService(backend.otlpPort, fault === undefined ? {} : faults[fault]);
    const url = `${service.url}?url={callback}`;
    const { outcome, service: facts, findings } = await examine({ url, query: backend.query, waitMs: 10_000 });
    expect(facts?.name).toBe("tiny");
    expect(outcome).toBe(expected);
    if (fault !== undefined) expect(findings.map(({ id }) => id)).toContain(faults[fault]?.finding ?? "");
  });

  test("nothing answers there", async () => {
    const [port] = freePorts(1);
    await using service = startTinyService(1);
    await expect(
      examine({ url: `${service.url}?url={callback}`, query: `http://127.0.0.1:${port}`, waitMs: 300 }),
    ).rejects.toThrow(`query: nothing answers at http://127.0.0.1:${port}. Start a Jaeger there, or correct the URL.`);
  });

  test("something else answers there", async () => {
    await using service = startTinyService(1);
    const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("<html>") });
    await expect(
      examine({ url: `${service.url}?url={callback}`, query: server.url.href, waitMs: 300 }),
    ).rejects.toThrow("is not the query API of a Jaeger. It answered 200.");
    await server.stop(true);
  });
});
