/** `startTelemetry()`: wires configuration, resource, propagation and the three signals into one `Telemetry` value. */
import type { Attributes } from "@opentelemetry/api";
import type { LogRecordProcessor } from "@opentelemetry/sdk-logs";
import type { IMetricReader } from "@opentelemetry/sdk-metrics";
import type { SpanProcessor } from "@opentelemetry/sdk-trace-base";
import { type Environment, readTelemetryConfig, type TelemetryConfig } from "./config.ts";
import { limitReport, type Report } from "./diagnostics.ts";
import { type Globals, registerGlobals } from "./globals.ts";
import type { PropagatorOptions } from "./propagation/index.ts";
import { createNamedPropagators } from "./propagators.ts";
import { createResource } from "./resource.ts";
import { SCOPE } from "./scope.ts";
import { disabledSignals, type Signals, startSignals } from "./signals.ts";
import { drainStandardOutput, standardOutput } from "./standard-output.ts";
import { describeStart } from "./start-line.ts";
import { type Telemetry, telemetryFrom } from "./telemetry.ts";
import { settlesWithin } from "./timing.ts";

export interface TelemetryOptions extends PropagatorOptions {
  /** `service.name` where the environment names no service. */
  readonly serviceName: string;
  /** `service.version` where `OTEL_RESOURCE_ATTRIBUTES` has none. @default none */
  readonly serviceVersion?: string;
  /** Attributes of the resource; win over `OTEL_RESOURCE_ATTRIBUTES`. @default {} */
  readonly resourceAttributes?: Attributes;
  /** Keys of the baggage that become attributes of spans and log records. @default [] */
  readonly baggageAttributes?: readonly string[];
  /** Makes this the telemetry of every library that only knows `@opentelemetry/api`. @default true */
  readonly register?: boolean;
  /** Where the `OTEL_*` variables come from. @default process.env */
  readonly env?: Environment;
  /** Besides the configured exporters. @default [] */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Besides the configured exporters. @default [] */
  readonly metricReaders?: readonly IMetricReader[];
  /** Besides the configured exporters. @default [] */
  readonly logRecordProcessors?: readonly LogRecordProcessor[];
  /** The longest that `flush()` and `shutdown()` take, in milliseconds. @default 5000 */
  readonly shutdownTimeoutMs?: number;
  /** Takes what telemetry says about itself. @default a JSON line on standard output */
  readonly onReport?: Report;
}

/** Telemetry with an SDK of its own, and what ends it. */
export interface StartedTelemetry extends Telemetry {
  /** The validated configuration, with every default filled in. */
  readonly config: TelemetryConfig;
  /** Sends what is queued now. Resolves when it is sent or the exporter gave up; never rejects. */
  flush(): Promise<void>;
  /** Flushes, then stops. Later spans are not recorded. Safe to call twice; never rejects. */
  shutdown(): Promise<void>;
}

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 5000;
/** How much longer than its timeout a shutdown may take to count and tell what it lost. */
const GRACE_MS = 250;

/**
 * Starts telemetry as the environment says. Never throws for what is in the environment: a variable that cannot be used
 * is reported once, by name, with what is used instead.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function startTelemetry(options: TelemetryOptions): StartedTelemetry {
  const { config, problems } = readTelemetryConfig(options.env ?? process.env);
  const { register = true, shutdownTimeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS, baggageAttributes = [] } = options;
  const resource = createResource(config, options);
  const serviceName = String(resource.attributes["service.name"]);
  const report = limitReport(config.diagnosticLevel, options.onReport ?? lineReport(serviceName));
  const propagator = createNamedPropagators(config.propagators, options.baggage ? { baggage: options.baggage } : {});
  const signals = config.disabled
    ? disabledSignals()
    : startSignals({ ...options, config, resource, report, shutdownTimeoutMs, baggageAttributes });
  const flush = async (): Promise<void> => void (await settlesWithin(signals.flush(), shutdownTimeoutMs));
  const globals = registerGlobals({ ...signals, propagator, report, level: config.diagnosticLevel, register, flush });
  for (const { variable, message } of problems) report("warn", message, { variable });
  report("info", ...describeStart(config));
  return {
    ...telemetryFrom({
      ...signals,
      propagator,
      serviceName,
      baggageAttributes,
      knownHttpMethods: config.knownHttpMethods,
    }),
    config,
    flush,
    shutdown: once(() => end(signals, globals, shutdownTimeoutMs)),
  };
}

/** The same lines that a logger of this package writes, without the loading of one. */
function lineReport(service: string): Report {
  const output = standardOutput();
  return (level, msg, fields) => {
    const line = { level, time: new Date().toISOString(), service, name: SCOPE, ...fields, msg };
    output.write(`${JSON.stringify(line)}\n`);
  };
}

async function end(signals: Signals, globals: Globals, timeoutMs: number): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), timeoutMs);
  await settlesWithin(signals.shutdown(late.signal), timeoutMs + GRACE_MS);
  clearTimeout(timer);
  globals.unregister();
  await drainStandardOutput(GRACE_MS);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
