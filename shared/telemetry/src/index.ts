/** The public names of `@baton/telemetry`. */
export {
  type ConfigProblem,
  type Environment,
  type PropagatorName,
  readTelemetryConfig,
  type TelemetryConfig,
} from "./config.ts";
export type { Report, ReportLevel } from "./diagnostics.ts";
export { createLogger, type Logger, type LoggerOptions } from "./logs.ts";
export { type WithSpanOptions, withSpan } from "./span.ts";
export { type StartedTelemetry, startTelemetry, type TelemetryOptions } from "./start.ts";
export { type Telemetry, type TelemetryProviders, telemetryFrom } from "./telemetry.ts";
