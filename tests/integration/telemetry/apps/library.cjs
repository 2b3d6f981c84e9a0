/** A library as they are published: CommonJS, knows only the API, and asks for its tracer when it is loaded. */
const { context, metrics, trace } = require("@opentelemetry/api");

const tracer = trace.getTracer("library");
const calls = metrics.getMeter("library").createCounter("library.calls");

exports.work = (name) =>
  tracer.startActiveSpan(name, async (span) => {
    calls.add(1);
    await Promise.resolve();
    tracer.startSpan(`${name} inner`, {}, context.active()).end();
    span.end();
  });
