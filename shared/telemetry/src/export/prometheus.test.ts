import { describe, expect, test } from "bun:test";
import { startTelemetry } from "../start.ts";

describe("OTEL_METRICS_EXPORTER=prometheus", () => {
  const start = (env: Readonly<Record<string, string>>) => {
    const lines: { level: string; message: string; port: unknown }[] = [];
    const telemetry = startTelemetry({
      serviceName: "shop",
      register: false,
      env: { OTEL_METRICS_EXPORTER: "prometheus", OTEL_TRACES_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", ...env },
      onReport: (level, message, fields) => void lines.push({ level, message, port: fields?.port }),
    });
    return { telemetry, lines, port: lines.find(({ port }) => port !== undefined)?.port };
  };

  test("serves the metrics as text, and stops with the telemetry", async () => {
    const { telemetry, port } = start({ OTEL_EXPORTER_PROMETHEUS_PORT: "0" });
    telemetry.meter.createCounter("orders", { unit: "{order}" }).add(3, { kind: "online" });
    const response = await fetch(`http://localhost:${port}/metrics`);
    expect(response.headers.get("content-type")).toStartWith("text/plain; version=0.0.4");
    const page = await response.text();
    expect(page).toMatch(/^orders_total\{kind="online".*\} 3/m);
    expect(page).toContain('service_name="shop"');
    expect((await fetch(`http://localhost:${port}/`)).status).toBe(404);
    await telemetry.shutdown();
    await expect(fetch(`http://localhost:${port}/metrics`)).rejects.toThrow();
  });

  test.each([
    ["localhost", "localhost:9464", 200],
    ["localhost", "127.0.0.1", 200],
    ["localhost", "[::1]:9464", 200],
    ["localhost", "shop.localhost", 200],
    ["localhost", "page.example:9464", 421],
    ["localhost", "localhost.page.example", 421],
    ["127.0.0.1", "127.0.0.1.page.example", 421],
    // Others reach it there under any name.
    ["0.0.0.0", "shop:9464", 200],
  ])("on %s, to Host %s, answers %d, and forbids a browser what it does not need", async (address, host, status) => {
    const { telemetry, port } = start({ OTEL_EXPORTER_PROMETHEUS_PORT: "0", OTEL_EXPORTER_PROMETHEUS_HOST: address });
    for (const [path, expected] of [
      ["metrics", status],
      ["", status === 421 ? 421 : 404],
    ]) {
      const response = await fetch(`http://localhost:${port}/${path}`, { headers: { host } });
      expect(response.status).toBe(Number(expected));
      expect(response.headers.toJSON()).toMatchObject({
        "cross-origin-resource-policy": "same-origin",
        "x-content-type-options": "nosniff",
      });
    }
    await telemetry.shutdown();
  });

  test("a port that is taken is reported, and the service goes on", async () => {
    const first = start({ OTEL_EXPORTER_PROMETHEUS_PORT: "0" });
    const second = start({ OTEL_EXPORTER_PROMETHEUS_PORT: String(first.port) });
    expect(second.lines.map(({ level }) => level)).toContain("error");
    second.telemetry.meter.createCounter("orders").add(1);
    await Promise.all([first.telemetry.shutdown(), second.telemetry.shutdown()]);
  });
});
