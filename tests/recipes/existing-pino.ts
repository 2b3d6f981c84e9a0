import { startTelemetry, withSpan } from "@baton/telemetry";
import { isSpanContextValid, trace } from "@opentelemetry/api";
import { pino } from "pino";

const telemetry = startTelemetry({ serviceName: "printer" });

// The logger that the application has already. `mixin` is asked for more fields with each line.
const logger = pino({
  mixin: () => {
    const span = trace.getActiveSpan()?.spanContext();
    return span && isSpanContextValid(span) ? { trace_id: span.traceId, span_id: span.spanId } : {};
  },
});

withSpan(telemetry, "print page", () => logger.info({ page: 3 }, "printed"));
logger.info("no span is active here");

await telemetry.shutdown();
