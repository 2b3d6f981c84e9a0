/** The OpenTelemetry globals, by which a library that only knows `@opentelemetry/api` joins the same trace. */
import {
  context,
  createContextKey,
  diag,
  type MeterProvider,
  metrics,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from "@opentelemetry/api";
import { type LoggerProvider, logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { DiagnosticLevel } from "./config/types.ts";
import { type Report, registerDiagnostics } from "./diagnostics.ts";

export interface GlobalsOptions {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProvider;
  readonly propagator: TextMapPropagator;
  readonly report: Report;
  readonly level: DiagnosticLevel;
  /** Without it only the context manager is set, which two telemetries can share. */
  readonly register: boolean;
  flush(): Promise<void>;
}

export interface Globals {
  /** Takes back what was registered, so that the next one can start. The context manager stays: requests may still run. */
  unregister(): void;
}

export function registerGlobals(options: GlobalsOptions): Globals {
  ensureContextManager();
  if (!options.register) return { unregister: () => {} };
  registerDiagnostics(options.level, options.report);
  if (!trace.setGlobalTracerProvider(options.tracerProvider)) {
    options.report("warn", "Another telemetry is registered in this process; libraries go on using that one");
    return { unregister: () => {} };
  }
  metrics.setGlobalMeterProvider(options.meterProvider);
  logs.setGlobalLoggerProvider(options.loggerProvider);
  propagation.setGlobalPropagator(options.propagator);
  // For the script that ends by itself and never heard of shutdown(); the process ends after this flush.
  const flushAtEnd = (): void => void options.flush();
  process.once("beforeExit", flushAtEnd);
  return {
    unregister: () => {
      process.off("beforeExit", flushAtEnd);
      for (const api of [trace, metrics, logs, propagation, diag]) api.disable();
    },
  };
}

/** Without one, no span is ever the active one. One that somebody else registered does as well. */
function ensureContextManager(): void {
  const probe = ROOT_CONTEXT.setValue(createContextKey("probe"), true);
  if (context.with(probe, () => context.active() === probe)) return;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
}
