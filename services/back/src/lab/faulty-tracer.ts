/** A tracer that makes the spans of some calls with another SDK, or with a clock that is wrong. */
import { startTelemetry } from "@baton/telemetry";
import { type Context, context, type Span, SpanKind, type SpanOptions, type Tracer } from "@opentelemetry/api";
import { hasFault } from "./fault-context.ts";

type Started = ReturnType<typeof startTelemetry>;
type StartOptions = Parameters<typeof startTelemetry>[0];

const CLOCK_AHEAD_MS = 2000;
/** Nothing listens there: port 9 discards, where it is open at all. */
const NOWHERE = "http://127.0.0.1:9/v1/traces";

export interface FaultyTracer extends Tracer {
  shutdown(): Promise<void>;
}

/** @param options How the service itself starts its telemetry. */
export function createFaultyTracer(tracer: Tracer, options: StartOptions): FaultyTracer {
  const others = new Map<string, Started>();
  const start = (fault: string, more: Partial<StartOptions>): Tracer => {
    const started = others.get(fault) ?? startTelemetry({ ...options, ...more, register: false, onReport: () => {} });
    others.set(fault, started);
    return started.tracer;
  };
  const { env = {} } = options;
  const tracerOf = (parent: Context): Tracer => {
    if (hasFault(parent, "export-failed")) {
      return start("export-failed", { env: { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: NOWHERE } });
    }
    // A rule by kind, as people write them to save money. It does not ask what the parent decided.
    if (hasFault(parent, "sampler-ignores-parent")) {
      const shouldSample = (_context: Context, _traceId: string, _name: string, kind: SpanKind) => ({
        decision: kind === SpanKind.SERVER ? 0 : 2,
      });
      return start("sampler-ignores-parent", { sampler: { shouldSample, toString: () => "LabSampler" } });
    }
    return tracer;
  };
  const startSpan = (name: string, spanOptions: SpanOptions = {}, parent: Context = context.active()): Span => {
    const chosen = tracerOf(parent);
    if (!hasFault(parent, "clock-skew")) return chosen.startSpan(name, spanOptions, parent);
    return aheadOfTime(chosen.startSpan(name, { ...spanOptions, startTime: aheadNow() }, parent));
  };
  return {
    startSpan,
    startActiveSpan: tracer.startActiveSpan.bind(tracer),
    async shutdown() {
      await Promise.all([...others.values()].map((started) => started.shutdown()));
    },
  };
}

function aheadNow(): number {
  return performance.timeOrigin + performance.now() + CLOCK_AHEAD_MS;
}

function aheadOfTime(span: Span): Span {
  const [end, addEvent, recordException] = [span.end, span.addEvent, span.recordException];
  span.end = () => end.call(span, aheadNow());
  span.addEvent = (name, attributes) => {
    const more = attributes !== undefined && typeof attributes === "object" && !Array.isArray(attributes);
    return addEvent.call(span, name, more && !(attributes instanceof Date) ? attributes : {}, aheadNow());
  };
  span.recordException = (exception) => recordException.call(span, exception, aheadNow());
  return span;
}
