/** An environment in which nothing is as it should be: the service runs, and says so once for each variable. */
import { expect, test } from "bun:test";
import { otlpEnvironment, startOtlpSink } from "./otlp-sink.ts";

const hostile = {
  OTEL_SDK_DISABLED: "yes",
  OTEL_RESOURCE_ATTRIBUTES: "no pairs",
  OTEL_PROPAGATORS: "xray",
  OTEL_TRACES_SAMPLER: "xray",
  OTEL_TRACES_SAMPLER_ARG: "NaN",
  OTEL_BSP_SCHEDULE_DELAY: "-1",
  OTEL_BSP_EXPORT_TIMEOUT: "soon",
  OTEL_BSP_MAX_QUEUE_SIZE: "-1",
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: "0",
  OTEL_BLRP_MAX_EXPORT_BATCH_SIZE: "1e9999",
  OTEL_METRIC_EXPORT_INTERVAL: "0",
  OTEL_METRIC_EXPORT_TIMEOUT: "-5",
  OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: "-128",
  OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: "long",
  OTEL_EXPORTER_OTLP_TIMEOUT: "Infinity",
  OTEL_EXPORTER_OTLP_HEADERS: "\u0001=\u0002",
  OTEL_EXPORTER_OTLP_COMPRESSION: "zip",
  OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere.pem",
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "carrier pigeon",
  OTEL_CONFIG_FILE: "/nowhere.yaml",
} as const;

test("everything is sent, each variable is reported once, and the SDK does not report it again", async () => {
  await using sink = startOtlpSink();
  const child = Bun.spawn([process.execPath, `${import.meta.dir}/apps/brief.ts`], {
    env: { ...otlpEnvironment(sink.url), ...hostile },
    stderr: "pipe",
  });
  const [output, errors, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  expect({ code, errors }).toEqual({ code: 0, errors: "" });
  expect(sink.spans).toEqual(["span"]);
  expect(sink.metrics).not.toEqual([]);
  const lines = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const warnings = lines.filter(({ level }) => level === "warn" || level === "error");
  expect(warnings.map(({ variable }) => variable).sort()).toEqual(Object.keys(hostile).sort());
  expect(lines.filter(({ msg }) => msg.startsWith("Telemetry on"))).toHaveLength(1);
});
