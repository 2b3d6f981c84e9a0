/** The rules that findings name, each with the section that holds it. */
import { clauses } from "./cases/index.ts";
import type { Rule } from "./finding.ts";

const otel = (name: string, path: string): Rule => ({
  name: `OpenTelemetry, ${name}`,
  url: `https://opentelemetry.io/docs/specs/${path}`,
});

const w3c = ({ section, url }: { readonly section: string; readonly url: string }): Rule => ({
  name: `W3C ${section}`,
  url,
});

export const rules = {
  continueTrace: w3c(clauses.traceparentReceived),
  parentId: w3c(clauses.parentId),
  sampledFlag: w3c(clauses.sampledFlag),
  randomFlag: w3c(clauses.randomFlag),
  tracestate: w3c(clauses.mutateTracestate),
  traceResponse: {
    name: "W3C Trace Context 3, 3.2 traceresponse",
    url: "https://w3c.github.io/trace-context/#traceresponse-header",
  },
  baggage: { name: "W3C Baggage, 3.4 Mutating baggage", url: "https://www.w3.org/TR/baggage/#mutating-baggage" },
  baggageValue: w3c(clauses.baggageValue),
  baggageLimits: w3c(clauses.baggageLimits),
  baggagePrivacy: {
    name: "W3C Baggage, 5 Privacy Considerations",
    url: "https://www.w3.org/TR/baggage/#privacy-of-the-baggage-header",
  },
  propagators: otel("Propagators API", "otel/context/api-propagators/"),
  httpServerSpan: otel("HTTP server spans", "semconv/http/http-spans/#http-server-span"),
  httpClientSpan: otel("HTTP client spans", "semconv/http/http-spans/#http-client-span"),
  httpStatus: otel("HTTP span status", "semconv/http/http-spans/#status"),
  httpName: otel("HTTP span name", "semconv/http/http-spans/#name"),
  httpResend: otel("HTTP request retries and redirects", "semconv/http/http-spans/#http-client-span-duration"),
  rpcSpan: otel("gRPC spans", "semconv/rpc/grpc/"),
  spanEnd: otel("Trace API, End", "otel/trace/api/#end"),
  parentBased: otel("ParentBased sampler", "otel/trace/sdk/#parentbased"),
  shutdown: otel("Trace SDK, Shutdown", "otel/trace/sdk/#shutdown"),
  exporter: otel("OTLP exporter", "otel/protocol/exporter/"),
} as const satisfies Record<string, Rule>;

export function clauseRule(id: keyof typeof clauses): Rule {
  return w3c(clauses[id]);
}
