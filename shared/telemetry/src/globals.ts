/** Registers OpenTelemetry's globals, so that a library that only imports `@opentelemetry/api` joins the same trace. */

import { readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import type { MeterProvider, TextMapPropagator, TracerProvider } from "@opentelemetry/api";
import * as own from "@opentelemetry/api";
import { type LoggerProvider, logs } from "@opentelemetry/api-logs";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import type { DiagnosticLevel } from "./config/types.ts";
import { type Report, registerDiagnostics } from "./diagnostics.ts";
import { sharesContext } from "./telemetry.ts";

export interface GlobalsOptions {
  readonly tracerProvider: TracerProvider;
  readonly meterProvider: MeterProvider;
  readonly loggerProvider: LoggerProvider;
  readonly propagator: TextMapPropagator;
  readonly report: Report;
  readonly level: DiagnosticLevel;
  /** Without it only the context manager is set, which two telemetries can share. */
  readonly register: boolean;
}

export interface Globals {
  /** Removes what was registered, so that another telemetry can start. The context manager stays: requests may still run. */
  unregister(): void;
}

/** Version 1.9 has no name that SDK 3 imports, and SDK 2 does not list 1.10. */
const ONE_COPY =
  "To have one copy: bun add @opentelemetry/api@1.9.1, or @opentelemetry/api@1.10 where OpenTelemetry SDK 3 is installed";

export function registerGlobals(options: GlobalsOptions): Globals {
  const { registering, application, versions } = findApiCopies();
  // A context manager that another library registered works as well as ours.
  if (!sharesContext(registering.context, registering.context)) {
    registering.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  }
  if (!sharesContext(registering.context, application.context)) {
    const reason = versions || "it is not the copy in this bundle";
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
  return {
    unregister: () => {
      for (const api of [registering.trace, registering.metrics, logs, registering.propagation, registering.diag])
        api.disable();
    },
  };
}

export type Api = Pick<typeof own, "context" | "diag" | "metrics" | "propagation" | "trace">;

export interface ApiCopies {
  /** The copy that registers. A tracer that it has returned before records from then on, and every older copy sees it. */
  readonly registering: Api;
  /** The copy that the main script imports. Our own where it imports none. */
  readonly application: Api;
  /** The versions of both copies, for a message. Empty where they are the same. */
  readonly versions: string;
}

interface InstalledApi {
  readonly folder: string;
  readonly version: string;
}

const NAME = "@opentelemetry/api";

/** In a bundle our own copy is a part of the bundle; the application's is still looked for in the folders above it. */
export function findApiCopies(): ApiCopies {
  const start = dirname(Bun.main);
  const installed = nearestApi(start);
  const application = (installed && load(start)) ?? own;
  const ours = nearestApi(import.meta.dir);
  if (installed === undefined || ours === undefined || installed.folder === ours.folder) {
    return { registering: own, application, versions: "" };
  }
  // Copies share their globals within a major version only.
  const isUsable = Bun.semver.satisfies(installed.version, `>=${ours.version} <${majorOf(ours.version) + 1}`);
  const versions = `${installed.version} in the application, ${ours.version} in the telemetry`;
  return {
    registering: isUsable ? application : own,
    application,
    versions: installed.version === ours.version ? "" : versions,
  };
}

/** The copy that an import from this folder finds. Bun's own resolver can download the package, so it is not used. */
function nearestApi(start: string): InstalledApi | undefined {
  for (let above = start; ; above = dirname(above)) {
    try {
      const folder = realpathSync(join(above, "node_modules", NAME));
      const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as InstalledApi;
      return { folder, version };
    } catch {
      if (above === dirname(above)) return undefined;
    }
  }
}

function load(folder: string): Api | undefined {
  try {
    return require(Bun.resolveSync(NAME, folder)) as Api;
  } catch {
    // The application cannot load it either, so there is no copy to share with.
    return undefined;
  }
}

function majorOf(version: string): number {
  return Number(version.split(".", 1)[0]);
}
