/** The package sends to a viewer that asks for a token, as docs/viewer.md says. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { startTelemetry, withSpan } from "@baton/telemetry";
import { startViewer, type Viewer } from "@baton/viewer";

const token = "a-token-of-a-test+1234/==";

let viewer: Viewer;
beforeAll(async () => {
  viewer = await startViewer({ port: 0, otlpHttpPort: 0, otlpGrpcPort: 0, token });
});
afterAll(() => viewer.stop());

/** @returns The id of a trace that was sent, and what telemetry said about it. */
async function send(protocol: string, headers: string) {
  const said: string[] = [];
  const telemetry = startTelemetry({
    serviceName: "sender",
    register: false,
    env: {
      OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
      OTEL_EXPORTER_OTLP_ENDPOINT: protocol === "grpc" ? viewer.otlpGrpcUrl : viewer.otlpUrl,
      OTEL_EXPORTER_OTLP_HEADERS: headers,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
    onReport: (_level, message) => said.push(message),
  });
  const traceId = withSpan(telemetry, "work", {}, (span) => span.spanContext().traceId);
  await telemetry.shutdown();
  return { traceId, said: said.join("\n") };
}

test.each(["http/protobuf", "http/json", "grpc"])("over %s, with the token and not without", async (protocol) => {
  const { traceId } = await send(protocol, `Authorization=Bearer%20${token}`);
  expect(viewer.trace(traceId)?.spans).toHaveLength(1);
  const refused = await send(protocol, `Authorization=Bearer%20${token}x`);
  expect(viewer.trace(refused.traceId)).toBeUndefined();
  expect(refused.said).toContain(protocol === "grpc" ? "UNAUTHENTICATED" : "401");
  expect(refused.said).not.toContain(token);
});
