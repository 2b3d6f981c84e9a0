import { telemetryFrom, withSpan } from "@baton/telemetry";
import { context, propagation, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor } from "@opentelemetry/sdk-trace-base";

// What the application has already.
const tracerProvider = new BasicTracerProvider({
  resource: resourceFromAttributes({ "service.name": "museum" }),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
});
trace.setGlobalTracerProvider(tracerProvider);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

// What this package needs of it: instead of startTelemetry(), which sets up an SDK and reads OTEL_* variables.
const telemetry = telemetryFrom({ tracerProvider });
propagation.setGlobalPropagator(telemetry.propagator);

await withSpan(telemetry, "open doors", async () => {
  trace.getTracer("somebody else's library").startSpan("switch on lights").end();
});

// Whoever made the SDK also shuts it down.
await tracerProvider.shutdown();
