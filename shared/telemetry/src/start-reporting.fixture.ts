/** For the tests of this package: a telemetry that exports nothing by default, with the lines that it reports. */
import { type StartedTelemetry, startTelemetry, type TelemetryOptions } from "./start.ts";

export interface ReportedLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface Reporting extends AsyncDisposable {
  readonly telemetry: StartedTelemetry;
  readonly lines: readonly ReportedLine[];
}

export function startReporting(
  env: Readonly<Record<string, string>>,
  options: Partial<TelemetryOptions> = {},
): Reporting {
  const lines: ReportedLine[] = [];
  const telemetry = startTelemetry({
    serviceName: "shop",
    register: false,
    env: { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none", OTEL_LOGS_EXPORTER: "none", ...env },
    onReport: (level, message, fields = {}) => void lines.push({ level, message, fields }),
    ...options,
  });
  return { telemetry, lines, [Symbol.asyncDispose]: () => telemetry.shutdown() };
}
