/** The OpenTelemetry globals, by which a library that only knows `@opentelemetry/api` joins the same trace. */
import {
  createContextKey,
  type MeterProvider,
  ROOT_CONTEXT,
  type TextMapPropagator,
  type TracerProvider,
} from "@opentelemetry/api";
import { type LoggerProvider, logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type Api, findApiCopies } from "./api-copies.ts";
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

/** The version that the SDK of this line asks for. */
const ONE_COPY = "To have one copy: bun add @opentelemetry/api@1.9.1";

export function registerGlobals(options: GlobalsOptions): Globals {
  const { registering, application, versions } = findApiCopies();
  if (!shareContext(registering, registering)) {
    registering.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  if (!shareContext(registering, application)) {
    const reason = versions || "another than the one in this bundle";
    options.report("warn", `The application's copy of @opentelemetry/api records nothing (${reason}). ${ONE_COPY}`);
  } else if (registering === application && versions) {
    options.report(
      "info",
      `Two copies of @opentelemetry/api work together here, but not in a bundle (${versions}). ${ONE_COPY}`,
    );
  }
  if (!options.register) return { unregister: () => {} };
  registerDiagnostics(registering.diag, options.level, options.report);
  if (!registering.trace.setGlobalTracerProvider(options.tracerProvider)) {
    options.report("warn", "Another telemetry is registered in this process; libraries go on using that one");
    return { unregister: () => {} };
  }
  registering.metrics.setGlobalMeterProvider(options.meterProvider);
  logs.setGlobalLoggerProvider(options.loggerProvider);
  registering.propagation.setGlobalPropagator(options.propagator);
  // For the script that ends by itself and never heard of shutdown(); the process ends after this flush.
  const flushAtEnd = (): void => void options.flush();
  process.once("beforeExit", flushAtEnd);
  return {
    unregister: () => {
      process.off("beforeExit", flushAtEnd);
      for (const api of [registering.trace, registering.metrics, logs, registering.propagation, registering.diag])
        api.disable();
    },
  };
}

/**
 * Whether what is active for one copy is active for the other. Without a context manager nothing is, not even for one
 * copy. A context manager that somebody else registered does as well as ours.
 */
function shareContext(one: Api, other: Api): boolean {
  const probe = ROOT_CONTEXT.setValue(createContextKey("probe"), true);
  return one.context.with(probe, () => other.context.active() === probe);
}
