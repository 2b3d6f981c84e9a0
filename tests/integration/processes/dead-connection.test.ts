/** The one connection between front and back goes dead: its packets vanish, and nothing is closed. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { startTcpProxy } from "@baton/tools/faults/proxy";
import { until } from "@baton/tools/until";
import { processTimeoutMs } from "../../support/stack.ts";
import { startBack, startFront } from "./service-process.ts";

setDefaultTimeout(processTimeoutMs);

const NOTICED_WITHIN_MS = 5000;

test("front replaces the connection and says so, and back ends the calls of the dead one", async () => {
  await using back = await startBack({ OTEL_METRICS_EXPORTER: "prometheus", OTEL_EXPORTER_PROMETHEUS_PORT: "0" });
  await using proxy = await startTcpProxy(back.port);
  await using front = await startFront({ BACK_ADDRESS: proxy.address });
  await front.line(/^back answers/);
  const metrics = await back.line(/^Prometheus metrics at/);
  const endedStreams = async () => {
    const page = await (await fetch(`http://127.0.0.1:${metrics.port}/metrics`)).text();
    const ended = page.split("\n").filter((line) => /^rpc_server_call_duration\w*_count\{.*StreamRolls"/.test(line));
    return ended.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  };
  const stream = await front.get("/rolldice/stream?rolls=100&interval_ms=1000");
  await stream.body?.getReader().read();
  const before = front.lines.length;

  proxy.freeze();
  const frozenAt = performance.now();
  await until("front answers again", async () => (await front.get("/rolldice")).status === 200);
  expect(performance.now() - frozenAt).toBeLessThan(NOTICED_WITHIN_MS);
  await front.line(/^the connection to back on .* ended; opening another one/, before);
  await front.line(/^back answers/, before);

  await until("back has ended the stream", async () => (await endedStreams()) === 1);
  expect(performance.now() - frozenAt).toBeLessThan(NOTICED_WITHIN_MS);
});

test("a connection without calls is replaced as well, before the next request needs it", async () => {
  await using back = await startBack();
  await using proxy = await startTcpProxy(back.port);
  await using front = await startFront({ BACK_ADDRESS: proxy.address });
  await front.line(/^back answers/);
  const before = front.lines.length;

  proxy.freeze();
  const frozenAt = performance.now();
  await front.line(/^back answers/, before);
  expect(performance.now() - frozenAt).toBeLessThan(NOTICED_WITHIN_MS);
  expect((await front.get("/rolldice")).status).toBe(200);
});
