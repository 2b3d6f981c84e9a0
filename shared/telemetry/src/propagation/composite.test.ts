import { afterEach, describe, expect, test } from "bun:test";
import {
  type DiagLogger,
  DiagLogLevel,
  diag,
  propagation,
  ROOT_CONTEXT,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { createBaggagePropagator } from "./baggage.ts";
import { headersGetter, headersSetter } from "./carriers.ts";
import { composePropagators } from "./composite.ts";
import { createTraceContextPropagator } from "./trace-context.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

const fail = (): never => {
  throw new Error("broken");
};
const broken: TextMapPropagator = { inject: fail, extract: fail, fields: () => ["x-broken"] };

const warnings: string[] = [];
function collectWarnings(): void {
  const ignore = () => {};
  const warn = (message: string) => void warnings.push(message);
  const logger: DiagLogger = { error: ignore, warn, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
}
afterEach(() => {
  diag.disable();
  warnings.length = 0;
});

describe("a propagator that throws", () => {
  const composed = composePropagators([broken, createTraceContextPropagator(), broken]);

  test("does not stop the others from reading, and is reported", () => {
    collectWarnings();
    const context = composed.extract(ROOT_CONTEXT, new Headers({ traceparent }), headersGetter);
    expect(trace.getSpanContext(context)?.traceId).toBe(traceId);
    const warning = "The propagator of x-broken could not read the context; the other propagators go on";
    expect(warnings).toEqual([warning, warning]);
  });

  test("does not stop the others from writing, and is reported", () => {
    collectWarnings();
    const headers = new Headers();
    const parent = { traceId, spanId: "b7ad6b7169203331", traceFlags: 1 };
    composed.inject(trace.setSpanContext(ROOT_CONTEXT, parent), headers, headersSetter);
    expect(headers.get("traceparent")).toStartWith(`00-${traceId}-`);
    const warning = "The propagator of x-broken could not write the context; the other propagators go on";
    expect(warnings).toEqual([warning, warning]);
  });
});

test("each propagator is called in the order given, and passes its context on to the next", () => {
  const propagator = composePropagators([createTraceContextPropagator(), createBaggagePropagator()]);
  expect(propagator.fields()).toEqual(["traceparent", "tracestate", "baggage"]);
  const context = propagator.extract(ROOT_CONTEXT, new Headers({ traceparent, baggage: "a=1" }), headersGetter);
  expect(trace.getSpanContext(context)?.traceId).toBe(traceId);
  expect(propagation.getBaggage(context)?.getEntry("a")?.value).toBe("1");
});
