/** The exporters of other languages send to the viewer, with what they send by default. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { buildTree, readTrace, verdictOf } from "@baton/trace-tree";
import { prepareGo, preparePython, type Sender } from "./testing/exporters/prepare.ts";
import { startViewer, type Viewer } from "./viewer.ts";

const [python, go] = await Promise.all([preparePython(), prepareGo()]);

let viewer: Viewer;

beforeAll(async () => {
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0 });
});
afterAll(() => viewer.stop());

/** @returns The id of the trace that was sent */
async function send(sender: Sender, protocol: string, compression: string): Promise<string> {
  const endpoint = protocol === "grpc" ? viewer.otlpGrpcUrl : viewer.otlpUrl;
  const env = {
    ...process.env,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_COMPRESSION: compression,
    OTLP_HTTP: viewer.otlpUrl,
    OTLP_GRPC: viewer.otlpGrpcUrl,
  };
  const child = Bun.spawn([...sender, protocol], { env, stdout: "pipe", stderr: "pipe", timeout: 15_000 });
  const [said, errors] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(errors).toBe("");
  return said.trim();
}

async function get(path: string): Promise<unknown> {
  const { data } = (await (await fetch(`${viewer.url}${path}`)).json()) as { data: unknown };
  return data;
}

async function expectAll(traceId: string, language: "go" | "python"): Promise<void> {
  const trace = viewer.trace(traceId);
  if (!trace) throw new Error(`no trace ${traceId}`);
  const tree = buildTree(readTrace(trace));
  expect(verdictOf(tree).grade).toBe("joined");
  const [root] = tree.roots;
  expect(root?.span).toMatchObject({
    service: `${language}-service`,
    name: `GET /${language}`,
    kind: "server",
    attributes: {
      big: "9007199254740993",
      half: 0.5,
      yes: true,
      list: '["a","b"]',
      "otel.scope.name": `${language}-lib`,
      "otel.scope.version": "1.2.3",
    },
  });
  expect(root?.children[0]?.span).toMatchObject({
    name: "query",
    kind: "client",
    status: "error",
    events: [{ name: "exception", attributes: { "exception.message": "no rows" } }],
    links: [{ traceId, spanId: root?.span.spanId }],
  });
  const metrics = await get("/api/viewer/metrics");
  expect(metrics).toContainEqual(
    expect.objectContaining({
      service: `${language}-service`,
      name: "http.server.request.duration",
      series: [
        expect.objectContaining({
          count: 1,
          sum: 0.25,
          exemplars: expect.arrayContaining([expect.objectContaining({ traceId, value: 0.25 })]),
        }),
      ],
    }),
  );
}

describe.skipIf(!python)("Python", () => {
  test.each([
    ["http", "none"],
    ["http", "gzip"],
    ["http", "deflate"],
    ["grpc", "gzip"],
  ])("over %s, compression %s", async (protocol, compression) => {
    const traceId = await send(python ?? [], protocol, compression);
    await expectAll(traceId, "python");
    expect(await get(`/api/viewer/logs?traceID=${traceId}`)).toMatchObject([
      { body: "no rows found", severityText: "WARN", service: "python-service" },
    ]);
  });
});

describe.skipIf(!go)("Go", () => {
  test.each(["http", "grpc"])("over %s", async (protocol) => {
    await expectAll(await send(go ?? [], protocol, "gzip"), "go");
  });
});
