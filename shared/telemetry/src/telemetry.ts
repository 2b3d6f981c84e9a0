/** The one value that everything that makes spans, metrics or logs is given. */
import type { Context, Meter, TextMapPropagator, Tracer } from "@opentelemetry/api";
import type { Logger } from "@opentelemetry/api-logs";
import type { TelemetryConfig } from "./config.ts";

/** What `startTelemetry()` returns. It holds no per-request state, so one value serves a whole process. */
export interface Telemetry {
  /** `service.name` of the resource in force. */
  readonly serviceName: string;
  /** The validated configuration, with every default filled in. */
  readonly config: TelemetryConfig;
  /** Makes the spans of this package and, through `withSpan`, yours. */
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Reads and writes the headers or metadata that carry a trace from one process to the next. */
  readonly propagator: TextMapPropagator;
  /** Keys of the baggage that become attributes of spans and log records. */
  readonly baggageAttributes: readonly string[];
  /**
   * Is a span below this parent dropped, whatever it is about? Then its attributes need not be made. False also where
   * only the sampler knows.
   */
  drops(parent: Context): boolean;
  /** Sends what is queued now. Resolves when it is sent or the exporter gave up; never rejects. */
  flush(): Promise<void>;
  /** Flushes, then stops. Later spans are not recorded. Safe to call twice; never rejects. */
  shutdown(): Promise<void>;
}
