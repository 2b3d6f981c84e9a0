/** `startTelemetry()`: configuration, resource, propagation and the three signals become one `Telemetry` value. */
import { type Environment, readTelemetryConfig, type TelemetryConfig } from "./config.ts";
import { describeStart, limitReport, type Report } from "./diagnostics.ts";
import { followProcess } from "./ending.ts";
import { registerGlobals } from "./globals.ts";
import type { BaggagePropagatorOptions } from "./propagation/index.ts";
import { createNamedPropagators } from "./propagators.ts";
import { createResource, type ResourceOptions } from "./resource.ts";
import { type AddedProcessors, disabledSignals, startSignals } from "./signals.ts";
import { drainStandardOutput, standardOutput } from "./standard-output.ts";
import { SCOPE, type Telemetry, telemetryFrom } from "./telemetry.ts";
import { settlesWithin } from "./timing.ts";

export interface TelemetryOptions extends ResourceOptions, AddedProcessors {
  /** Keys of the baggage that callers may send, and that are sent on. @default every key, in and out */
  readonly baggage?: BaggagePropagatorOptions;
  /** Keys of the baggage that become attributes of spans and log records. @default [] */
  readonly baggageAttributes?: readonly string[];
  /** Registers the globals of `@opentelemetry/api`, so that libraries record to this telemetry. @default true */
  readonly register?: boolean;
  /** Where the `OTEL_*` variables come from. @default process.env */
  readonly env?: Environment;
  /**
   * How long `flush()` and `shutdown()` take at most, in milliseconds. A shutdown gives up spans and log records 500 ms
   * before, to send the metrics that count what was lost. Below 1000 ms it gives them up after half of the time, and takes
   * up to 300 ms more for the metrics.
   * A process that ends without `shutdown()` gives up spans and log records after the same time, or after
   * `OTEL_BSP_EXPORT_TIMEOUT` where that is less.
   * @default 3000
   */
  readonly shutdownTimeoutMs?: number;
  /** Receives what telemetry reports about itself. @default a JSON line on standard output */
  readonly onReport?: Report;
}

/** Telemetry that has set up an SDK, and can flush it and shut it down. */
export interface StartedTelemetry extends Telemetry {
  /** The validated configuration, with every default filled in. */
  readonly config: TelemetryConfig;
  /** Sends what is queued. Resolves when it is sent or given up, or after the timeout. Never rejects. */
  flush(): Promise<void>;
  /** Flushes, then stops. Later spans are not recorded. A second call returns the same promise. Never rejects. */
  shutdown(): Promise<void>;
}

const DEFAULT_SHUTDOWN_TIMEOUT_MS = 3000;
/** How long the last log lines may take, in milliseconds. */
const OUTPUT_MS = 100;

/**
 * Starts telemetry as the environment configures it. A bad variable never throws: it is reported once, by name, with what
 * is used instead.
 *
 * @see https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function startTelemetry(options: TelemetryOptions): StartedTelemetry {
  const { config, problems } = readTelemetryConfig(options.env ?? process.env);
  const { register = true, shutdownTimeoutMs = DEFAULT_SHUTDOWN_TIMEOUT_MS, baggageAttributes = [] } = options;
  const resource = createResource(config, options);
  const serviceName = String(resource.attributes["service.name"]);
  const report = limitReport(config.diagnosticLevel, options.onReport ?? lineReport(serviceName));
  const propagator = createNamedPropagators(config.propagators, options.baggage);
  const signals = config.disabled
    ? disabledSignals()
    : startSignals({ ...options, config, resource, report, shutdownTimeoutMs, baggageAttributes });
  const globals = registerGlobals({ ...signals, propagator, report, level: config.diagnosticLevel, register });
  const unfollowProcess = followProcess(signals);
  for (const { variable, message } of problems) report("warn", message, { variable });
  report("info", ...describeStart(config, options.sampler));
  return {
    ...telemetryFrom({
      ...signals,
      propagator,
      serviceName,
      baggageAttributes,
      knownHttpMethods: config.knownHttpMethods,
    }),
    enabled: !config.disabled,
    // No sampler that `OTEL_TRACES_SAMPLER` can name reads attributes.
    attributesAtStart: options.sampler !== undefined || (options.spanProcessors ?? []).length > 0,
    config,
    flush: async () => void (await settlesWithin(signals.flush(), shutdownTimeoutMs)),
    shutdown: once(async () => {
      await signals.shutdown(shutdownTimeoutMs);
      unfollowProcess();
      globals.unregister();
      await drainStandardOutput(OUTPUT_MS);
    }),
  };
}

/** Lines of the same form as those of `createLogger()`, without loading pino. */
function lineReport(service: string): Report {
  const output = standardOutput();
  return (level, msg, fields) => {
    const line = { level, time: new Date().toISOString(), service, name: SCOPE, ...fields, msg };
    output.write(`${JSON.stringify(line)}\n`);
  };
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
