/** The SDK as its own documentation sets it up: the stock exporter behind the stock batch processor. */
import { context, propagation, type Span, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BasicTracerProvider, BatchSpanProcessor, type SpanProcessor } from "@opentelemetry/sdk-trace-base";

/** Counts the started spans, to compare them with the count of the sink. */
let made = 0;
const counter: SpanProcessor = {
  onStart: () => {},
  onEnd: () => {
    made += 1;
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};

/** For variants that set up an SDK of their own. */
export function createProcessors(): SpanProcessor[] {
  return [counter, new BatchSpanProcessor(new OTLPTraceExporter())];
}

export function startProvider(serviceName: string): BasicTracerProvider {
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ "service.name": serviceName }),
    spanProcessors: createProcessors(),
  });
  trace.setGlobalTracerProvider(provider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return provider;
}

/** Reports to the sink how many spans there should be. */
export async function reportMade(): Promise<void> {
  await fetch(`${process.env.OTEL_EXPORTER_OTLP_ENDPOINT}/made`, { method: "POST", body: String(made) });
}

/** Replaces `withSpan` with direct use of the API. */
export function withSpan(_telemetry: unknown, name: string, ...rest: unknown[]): unknown {
  const work = rest.at(-1) as (span: Span) => Promise<unknown>;
  const options = rest.length > 1 ? (rest[0] as object) : {};
  return trace.getTracer("bench").startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error as Error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** These two are not part of the comparison. */
export const untraced = {
  createLogger: () => ({ info: () => {}, warn: () => {}, error: console.error }),
  http: {
    tracedFetch: () => fetch,
    webSocketMessage: (_telemetry: unknown, handle: unknown) => handle,
    inHandshakeContext: (handle: unknown) => handle,
  },
};
