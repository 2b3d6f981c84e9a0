/**
 * The demo as the first service of a trace, for scenarios of a request that is already part of one. It is an ordinary user
 * of `@baton/telemetry`, with a telemetry of its own. No other file of the demo imports the package.
 */
import { startTelemetry, type Telemetry, withSpan } from "@baton/telemetry";
import { tracedFetch } from "@baton/telemetry/fetch";
import { context, defaultTextMapSetter, type Span, SpanKind } from "@opentelemetry/api";
import { type Request, type WebSocketRequest, withFields } from "./request.ts";
import { type Answer, playSocket, sendHttp } from "./send.ts";
import type { Ask } from "./socket.ts";
import { callerService } from "./spans.ts";

export interface CallerTargets {
  readonly frontUrl: string;
  /** Where the CLIENT span is sent, by OTLP over HTTP. */
  readonly otlpUrl: string;
}

type Headers = Readonly<Record<string, string>>;

const requestHeaders = ["traceparent", "tracestate", "baggage"];
const responseHeaders = ["traceresponse"];

/**
 * Sends a request in a CLIENT span, which is the root of its trace. Resolves when the span has been sent too.
 * @throws Error when front cannot be reached, or when the backend does not accept the span.
 */
export async function sendAsCaller(
  request: Request,
  headers: Headers,
  { frontUrl, otlpUrl }: CallerTargets,
): Promise<Answer> {
  const problems: string[] = [];
  let traceId: string | undefined;
  const telemetry = startTelemetry({
    serviceName: callerService,
    register: false,
    spanProcessors: [
      processorOf((span) => {
        traceId = span.spanContext().traceId;
      }),
    ],
    // The environment is that of the person who runs the demo, and may be for other programs.
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: otlpUrl,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
    onReport: (level, message) => {
      if (level !== "info") problems.push(message);
    },
  });
  const sending =
    request.type === "http"
      ? sendHttp(frontUrl, request, headers, clientOf(telemetry))
      : playTraced(telemetry, frontUrl, request, headers);
  const answer = await sending.finally(telemetry.shutdown);
  if (problems.length > 0) throw new Error(`The demo's own span: ${problems.join(" ")}`);
  // Front may have begun a trace of its own. This one must be complete.
  return { ...answer, traceId };
}

/** `tracedFetch()` does not say which span it made. A processor sees each span. */
function processorOf(onStart: (span: Span) => void) {
  return { onStart, onEnd: () => {}, forceFlush: async () => {}, shutdown: async () => {} };
}

function clientOf(telemetry: Telemetry): typeof fetch {
  return tracedFetch(telemetry, {
    capturedRequestHeaders: requestHeaders,
    capturedResponseHeaders: responseHeaders,
  });
}

/** The package traces no client of a WebSocket, so the span is a manual one, and its context goes into the handshake. */
function playTraced(
  telemetry: Telemetry,
  frontUrl: string,
  request: WebSocketRequest,
  headers: Headers,
): Promise<Answer> {
  const attributes = { "http.request.method": "GET", "url.full": frontUrl + request.path };
  return withSpan(telemetry, "GET", { kind: SpanKind.CLIENT, attributes }, async (span) => {
    const sent: Record<string, string> = { ...headers };
    telemetry.propagator.inject(context.active(), sent, defaultTextMapSetter);
    for (const name of requestHeaders) {
      if (sent[name] !== undefined) span.setAttribute(`http.request.header.${name}`, [sent[name]]);
    }
    const around = request.carriesContext ? askTraced(telemetry) : undefined;
    return playSocket(frontUrl, request, sent, around);
  });
}

/** Each message in a CLIENT span of its own, whose context goes into the fields of the message. */
function askTraced(telemetry: Telemetry) {
  const options = { kind: SpanKind.CLIENT, attributes: { "network.protocol.name": "websocket" } };
  return (ask: Ask, message: string): Promise<string> =>
    withSpan(telemetry, "websocket message", options, (span) => {
      const fields: Record<string, string> = {};
      telemetry.propagator.inject(context.active(), fields, defaultTextMapSetter);
      for (const [name, value] of Object.entries(fields)) span.setAttribute(`messaging.header.${name}`, [value]);
      return ask(withFields(message, fields));
    });
}
