/** How to mend what is found, by the SDK that the service says it uses. */
import type { ServiceFacts } from "./examination.ts";

export type Topic =
  | "export"
  | "continue"
  | "inject"
  | "client span"
  | "context"
  | "baggage"
  | "sampler"
  | "conventions"
  | "shutdown"
  | "propagator"
  | "double";

type Language = "nodejs" | "bun" | "deno" | "python" | "java" | "go" | "dotnet" | "rust";

/** For every SDK, and for those that say nothing of themselves. */
const GENERAL: Readonly<Record<Topic, string>> = {
  export:
    "Start the service with its OpenTelemetry SDK, and set OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL as shown above.",
  continue:
    "Let the server instrumentation read the headers with the propagator: OTEL_PROPAGATORS=tracecontext,baggage, and start the SERVER span in the context that was read.",
  inject:
    "Instrument the client that makes the call. It must write the headers with the propagator, in the context of its CLIENT span.",
  "client span":
    "Make the instrumentation of the client write the headers itself. Do not copy or write traceparent by hand in the handler.",
  context:
    "Look for work that leaves the context of the request: callbacks, queues, threads, or a context that is kept in a global variable.",
  baggage: "Set OTEL_PROPAGATORS=tracecontext,baggage, and list the keys that may leave the service.",
  sampler: "Set OTEL_TRACES_SAMPLER=parentbased_always_on, or parentbased_traceidratio with OTEL_TRACES_SAMPLER_ARG.",
  conventions: "Update the instrumentation, and set OTEL_SEMCONV_STABILITY_OPT_IN=http where it knows that variable.",
  shutdown: "Stop the server on SIGTERM, then call the SDK's shutdown and wait for it, and exit only then.",
  propagator: "Update the SDK, and remove a propagator of your own where there is one.",
  double: "Use one instrumentation of the server: remove the middleware or the automatic one.",
};

const BY_LANGUAGE: Readonly<Partial<Record<Language, Partial<Record<Topic, string>>>>> = {
  nodejs: {
    export:
      "Load the SDK before anything else: node --import @opentelemetry/auto-instrumentations-node/register app.js. Modules that were loaded before are not instrumented.",
    continue:
      "Load the SDK before the server's modules (node --import ./tracing.js). ES modules also need --experimental-loader=@opentelemetry/instrumentation/hook.mjs.",
    inject:
      "Add the instrumentation of the client: instrumentation-undici for fetch, instrumentation-http for node:http, instrumentation-grpc for grpc-js. Load it before the client.",
    context: "Keep AsyncLocalStorageContextManager registered (NodeSDK does), and run callbacks in context.bind().",
    sampler: "Set OTEL_TRACES_SAMPLER=parentbased_always_on, or wrap your sampler: new ParentBasedSampler({ root }).",
    conventions:
      "Update @opentelemetry/instrumentation-http to 0.200 or newer, or set OTEL_SEMCONV_STABILITY_OPT_IN=http.",
    shutdown: 'process.on("SIGTERM", () => server.close(() => sdk.shutdown().finally(() => process.exit(0)))).',
    propagator: "Update @opentelemetry/core.",
  },
  bun: {
    export: "Call startTelemetry() of @baton/telemetry, or start your SDK, before the server listens.",
    continue:
      "node: instrumentations do not see Bun.serve. Use @baton/telemetry: tracedHandler() for Bun.serve, httpServerTelemetry() for Elysia.",
    inject:
      "Bun's fetch is not instrumented by itself. Use tracedFetch() of @baton/telemetry, or grpcClientTelemetry().",
    shutdown: 'process.on("SIGTERM", ...): app.stop(), then await telemetry.shutdown(), then process.exit(0).',
    context: "Register an AsyncLocalStorageContextManager. docs/context.md of Baton lists where Bun loses the context.",
  },
  deno: {
    export: "Run with OTEL_DENO=true; Deno then exports by itself.",
    continue: "Run with OTEL_DENO=true and use Deno.serve: it reads traceparent by itself.",
    inject: "Use Deno's own fetch with OTEL_DENO=true: it writes traceparent by itself.",
    shutdown: "Use Deno.addSignalListener, await server.shutdown(), and let the process end by itself.",
  },
  python: {
    export:
      "Run with opentelemetry-instrument, after pip install opentelemetry-distro opentelemetry-exporter-otlp and opentelemetry-bootstrap -a install.",
    continue:
      "Run with opentelemetry-instrument. With gunicorn or uwsgi, start the SDK in post_fork: the exporter's thread does not survive a fork.",
    inject:
      "Install the instrumentation of the client: opentelemetry-instrumentation-requests, -httpx, -urllib3, -aiohttp-client or -grpc.",
    context: "Threads start without a context: install opentelemetry-instrumentation-threading, or attach it by hand.",
    conventions: "Set OTEL_SEMCONV_STABILITY_OPT_IN=http: Python's instrumentations write the old names without it.",
    shutdown:
      "Let SIGTERM end the process in order (sys.exit), so that the SDK's atexit hook runs. In gunicorn, call trace.get_tracer_provider().shutdown() in worker_exit.",
    propagator: "Update opentelemetry-api.",
  },
  java: {
    export: "Run with -javaagent:opentelemetry-javaagent.jar.",
    continue:
      "Run with -javaagent:opentelemetry-javaagent.jar, and check that the agent supports the server's version.",
    inject: "The agent instruments most clients. Check its list, and that OTEL_INSTRUMENTATION_*_ENABLED is not false.",
    context: "Wrap executors of your own with Context.taskWrapping().",
    shutdown:
      "Let the JVM end by SIGTERM; the agent flushes in a shutdown hook. SIGKILL and Runtime.halt() lose spans.",
  },
  go: {
    export:
      "Create a TracerProvider with an otlptrace exporter, and call otel.SetTracerProvider() before the server starts.",
    continue:
      "Wrap the handler with otelhttp.NewHandler (grpc.StatsHandler(otelgrpc.NewServerHandler()) for gRPC), and call otel.SetTextMapPropagator(): Go has no propagator by default.",
    inject:
      "Use http.Client{Transport: otelhttp.NewTransport(http.DefaultTransport)}, make requests with http.NewRequestWithContext(r.Context(), ...), and call otel.SetTextMapPropagator().",
    context: "Give ctx to every call. context.Background() in a handler starts a new trace.",
    baggage:
      "otel.SetTextMapPropagator(propagation.NewCompositeTextMapPropagator(propagation.TraceContext{}, propagation.Baggage{})).",
    sampler: "Use sdktrace.WithSampler(sdktrace.ParentBased(...)).",
    conventions: "Update go.opentelemetry.io/contrib/instrumentation.",
    shutdown:
      "signal.NotifyContext for SIGTERM, server.Shutdown(ctx), then tracerProvider.Shutdown(ctx) before main returns.",
  },
  dotnet: {
    export: "services.AddOpenTelemetry().WithTracing(t => t.AddAspNetCoreInstrumentation().AddOtlpExporter()).",
    continue: "Add AddAspNetCoreInstrumentation(). Call Sdk.SetDefaultTextMapPropagator() only if you must.",
    inject: "Add AddHttpClientInstrumentation() or AddGrpcClientInstrumentation().",
    sampler: "Use SetSampler(new ParentBasedSampler(...)).",
    shutdown: "Let the host stop in order on SIGTERM: it disposes the TracerProvider, which flushes.",
  },
  rust: {
    export: "Install a SdkTracerProvider with opentelemetry_otlp and connect tracing_opentelemetry to it.",
    continue:
      "Extract the headers in a layer (axum-tracing-opentelemetry, tonic's interceptor) and call span.set_parent(). Set global::set_text_map_propagator().",
    inject:
      "Use reqwest-tracing's middleware, or inject with the global propagator. Set global::set_text_map_propagator().",
    sampler: "Use Sampler::ParentBased(Box::new(...)).",
    shutdown: "Wait for SIGTERM with tokio::signal, then call provider.shutdown() before main returns.",
  },
};

/** Distributions that set this up in a way of their own. */
const BY_DISTRO: Readonly<Record<string, Partial<Record<Topic, string>>>> = {
  "elastic-otel-node": { export: "node --import @elastic/opentelemetry-node app.js" },
};

export function remedyFor(topic: Topic, service: ServiceFacts | undefined): string {
  const language = (service?.language ?? "unknown") as Language;
  return BY_DISTRO[service?.distro ?? ""]?.[topic] ?? BY_LANGUAGE[language]?.[topic] ?? GENERAL[topic];
}
