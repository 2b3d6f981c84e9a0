/** The line that says, at the start of a service, what is in force. */
import type { OtlpConfig, TelemetryConfig } from "./config.ts";
import { describeTarget } from "./export/otlp-sender.ts";

/** The message and its fields. Holds no credential. */
export function describeStart(config: TelemetryConfig): [string, Readonly<Record<string, unknown>>] {
  const propagators = config.propagators.join(",") || "none";
  if (config.disabled) {
    return ["Telemetry is disabled by OTEL_SDK_DISABLED; context still travels", { disabled: true, propagators }];
  }
  const { name, ratio } = config.sampler;
  const fields = {
    traces: signalTarget(config.traces.exporters, config.traces.otlp),
    metrics: signalTarget(config.metrics.exporters, config.metrics.otlp),
    logs: signalTarget(config.logs.exporters, config.logs.otlp),
    sampler: name.endsWith("traceidratio") ? `${name}(${ratio})` : name,
    propagators,
  };
  return [`Telemetry on: traces to ${fields.traces}, metrics to ${fields.metrics}, logs to ${fields.logs}`, fields];
}

function signalTarget(exporters: readonly string[], otlp: OtlpConfig): string {
  const targets = exporters.map((name) =>
    name === "otlp" ? `${describeTarget(otlp.endpoint)} (${otlp.protocol})` : name,
  );
  return targets.join(" and ") || "none";
}
