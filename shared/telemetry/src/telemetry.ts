/** `Telemetry`: the value that every instrumentation gets. It needs no SDK. */
import {
  type ContextAPI,
  context,
  createContextKey,
  createNoopMeter,
  diag,
  type Meter,
  type MeterProvider,
  ROOT_CONTEXT,
  type TextMapPropagator,
  type Tracer,
  type TracerProvider,
} from "@opentelemetry/api";
import { createNoopLogger, type Logger, type LoggerProvider } from "@opentelemetry/api-logs";
import packageJson from "../package.json" with { type: "json" };
import { guardTracer } from "./guarded-tracer.ts";
import { composePropagators, createBaggagePropagator, createTraceContextPropagator } from "./propagation/index.ts";
import { SCHEMA_URL } from "./semconv.ts";

/** The instrumentation scope of this package. @see https://opentelemetry.io/docs/specs/otel/common/instrumentation-scope/ */
export const SCOPE = "@baton/telemetry";

/** What instrumentation uses. It holds no state of a request, so one value serves a whole process. */
export interface Telemetry {
  /**
   * False where telemetry is disabled: the context of a caller is passed on, and nothing else is done. No hook of an
   * option is called but `carrier` of `webSocketMessage()`, which finds that context.
   */
  readonly enabled: boolean;
  /**
   * Whether a sampler or a span processor may look at the attributes that a span starts with. Where none does, attributes
   * are made only for spans that are recorded.
   */
  readonly attributesAtStart: boolean;
  /** `service.name` of the resource. */
  readonly serviceName: string;
  readonly tracer: Tracer;
  readonly meter: Meter;
  readonly logger: Logger;
  /** Reads and writes the headers or metadata that carry the context from one process to the next. */
  readonly propagator: TextMapPropagator;
  /** Keys of the baggage that become attributes of spans and log records. */
  readonly baggageAttributes: readonly string[];
  /** HTTP methods that are reported by name; any other is reported as `_OTHER`. Case-sensitive. */
  readonly knownHttpMethods: readonly string[];
}

/** Providers of an SDK that is already set up. The application flushes them and shuts them down. */
export interface TelemetryProviders {
  readonly tracerProvider: TracerProvider;
  /** @default no metrics */
  readonly meterProvider?: MeterProvider;
  /** @default no log records */
  readonly loggerProvider?: LoggerProvider;
  /** @default W3C Trace Context and W3C Baggage */
  readonly propagator?: TextMapPropagator;
  /** A field of the lines of `createLogger()`. @default "unknown_service:bun" */
  readonly serviceName?: string;
  /** Keys of the baggage that become attributes of the records of `createLogger()`. @default [] */
  readonly baggageAttributes?: readonly string[];
  /** @default the methods of RFC 9110, PATCH and QUERY */
  readonly knownHttpMethods?: readonly string[];
}

/** The methods of RFC 9110, PATCH of RFC 5789 and QUERY. */
export const KNOWN_HTTP_METHODS: readonly string[] = [
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "QUERY",
  "TRACE",
];

/**
 * Makes a `Telemetry` of an SDK that is already set up, of version 2 or 3. `startTelemetry()` sets one up itself.
 *
 * A context manager must be registered before the first request, because it makes a span the parent of the spans inside
 * it. An SDK does not do that by itself. Without one, each span starts a trace of its own, and a warning says so once:
 *
 * @example
 * context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
 * const telemetry = telemetryFrom({ tracerProvider: new BasicTracerProvider({ spanProcessors: [processor] }) });
 *
 * @see https://opentelemetry.io/docs/languages/js/context/#context-manager
 */
export function telemetryFrom(providers: TelemetryProviders): Telemetry {
  const { tracerProvider, meterProvider, loggerProvider, propagator } = providers;
  if (!sharesContext(context, context)) {
    diag.warn(
      "telemetryFrom: no context manager is registered, so no span becomes the parent of another. Call " +
        "context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()), of " +
        "@opentelemetry/context-async-hooks, before it",
    );
  }
  return {
    enabled: true,
    attributesAtStart: true,
    serviceName: providers.serviceName ?? "unknown_service:bun",
    tracer: guardTracer(tracerProvider.getTracer(SCOPE, packageJson.version, { schemaUrl: SCHEMA_URL })),
    meter: meterProvider?.getMeter(SCOPE, packageJson.version, { schemaUrl: SCHEMA_URL }) ?? createNoopMeter(),
    logger: loggerProvider?.getLogger(SCOPE, packageJson.version) ?? createNoopLogger(),
    // Composed, so that a propagator that throws breaks no request.
    propagator: composePropagators(
      propagator ? [propagator] : [createTraceContextPropagator(), createBaggagePropagator()],
    ),
    baggageAttributes: providers.baggageAttributes ?? [],
    knownHttpMethods: providers.knownHttpMethods ?? KNOWN_HTTP_METHODS,
  };
}

/**
 * Returns whether what is active for one copy of the API is active for the other. Without a context manager the active
 * context is always the root, also for one copy alone.
 */
export function sharesContext(one: ContextAPI, other: ContextAPI): boolean {
  const probe = ROOT_CONTEXT.setValue(createContextKey("probe"), true);
  return one.with(probe, () => other.active() === probe);
}
