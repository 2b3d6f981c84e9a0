/** The one span that the services make by hand, and the end of their telemetry. */
const { SpanStatusCode, trace } = require("@opentelemetry/api");

const isTraced = process.env.BENCH_TELEMETRY === "on";
const tracer = trace.getTracer("bench");

async function withSpan(name, options, work) {
  if (!isTraced) return work();
  return tracer.startActiveSpan(name, options, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Sends what is left. Deno's telemetry does that by itself when the process ends. */
const end = () => globalThis.benchShutdown?.();

module.exports = { withSpan, end };
