/** `fetch` with a CLIENT span, and the trace sent along in the headers. */
import { type Attributes, context, type Span, SpanKind, trace } from "@opentelemetry/api";
import { secondsSince } from "../durations.ts";
import { callHook } from "../hooks.ts";
import { headersSetter } from "../propagation/index.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_METHOD,
  ATTR_HTTP_REQUEST_METHOD_ORIGINAL,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
  ATTR_URL_FULL,
} from "../semconv.ts";
import { isAbort } from "../span.ts";
import { isTracingSuppressed } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import { requestHeaderAttributes } from "./headers.ts";
import { createHttpInstruments } from "./instruments.ts";
import { createMethodReader } from "./method.ts";
import type { HttpClientTelemetryOptions } from "./options.ts";
import { fetchHopByHop } from "./redirects.ts";
import { endSpan, errorTypeOf, type RequestEnd } from "./span-end.ts";
import { readUrl, redactUrl } from "./url.ts";

/**
 * Makes a `fetch` that traces. It takes and returns what `fetch` does, throws what `fetch` throws, and keeps
 * `fetch.preconnect`. The span ends when the response's headers are there, because nobody may ever read the body. A
 * request that its caller aborts is no failure.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export function tracedFetch(telemetry: Telemetry, options: HttpClientTelemetryOptions = {}): typeof fetch {
  const instruments = createHttpInstruments("client", telemetry, options);
  const readMethod = createMethodReader(options.knownMethods ?? telemetry.knownHttpMethods);
  const { filter = () => true, propagateTo } = options;

  const traced = async (input: Parameters<typeof fetch>[0], init?: BunFetchRequestInit): Promise<Response> => {
    const parent = context.active();
    if (isTracingSuppressed(parent)) return fetch(input, init);
    // A Request of its own: the headers that are added must not show in what the caller passed. What only Bun knows
    // (tls, proxy, unix) does not fit into a Request and goes along beside it.
    const request = new Request(input as Request, init);
    const { body: _body, headers: _headers, method: _method, ...bunOptions } = init ?? {};
    if (!callHook("http client filter", () => filter(request), true)) return fetch(request, bunOptions);
    const method = readMethod(request.method);
    const url = new URL(request.url);
    const { address = url.hostname, port } = readUrl(url.href);
    const metric: Attributes = { [ATTR_HTTP_REQUEST_METHOD]: method.name, [ATTR_SERVER_ADDRESS]: address };
    if (port !== undefined) metric[ATTR_SERVER_PORT] = port;
    const attributes: Attributes = { ...metric, [ATTR_URL_FULL]: redactUrl(url) };
    if (method.original !== undefined) attributes[ATTR_HTTP_REQUEST_METHOD_ORIGINAL] = method.original;
    const span = startClientSpan(telemetry, options, request, attributes, method.inSpanName);
    const active = trace.setSpan(parent, span);
    const tell = (next: Request): void => {
      if (mayBeTold(new URL(next.url), propagateTo)) telemetry.propagator.inject(active, next.headers, headersSetter);
      else for (const field of telemetry.propagator.fields()) next.headers.delete(field);
    };

    const startedAt = performance.now();
    const activeAttributes = { ...metric };
    instruments.active?.add(1, activeAttributes, active);
    const finish = (end: RequestEnd): void => {
      const errorType = errorTypeOf("client", end);
      endSpan("client", span, request, end, errorType, options);
      instruments.active?.add(-1, activeAttributes, active);
      if (end.statusCode !== undefined) metric[ATTR_HTTP_RESPONSE_STATUS_CODE] = end.statusCode;
      if (errorType !== undefined) metric[ATTR_ERROR_TYPE] = errorType;
      instruments.duration.record(secondsSince(startedAt), metric);
      instruments.recordSizes(request.headers, end.response?.headers, metric, active);
    };
    try {
      const response = await send(request, bunOptions, tell, propagateTo !== undefined);
      finish({ response, statusCode: response.status, error: undefined, failed: false });
      return response;
    } catch (error) {
      finish({ response: undefined, statusCode: undefined, error, failed: !isAbort(error) });
      throw error;
    }
  };
  return Object.assign(traced, { preconnect: fetch.preconnect });
}

/** With a list of hosts, each redirect has to be decided on; without one, Bun's own way is the faster. */
function send(
  request: Request,
  options: BunFetchRequestInit,
  tell: (request: Request) => void,
  chooses: boolean,
): Promise<Response> {
  if (chooses && request.redirect === "follow") return fetchHopByHop(request, options, tell);
  tell(request);
  return fetch(request, options);
}

function startClientSpan(
  { tracer }: Telemetry,
  options: HttpClientTelemetryOptions,
  request: Request,
  attributes: Attributes,
  byDefault: string,
): Span {
  const { spanName, startAttributes, capturedRequestHeaders } = options;
  if (capturedRequestHeaders !== undefined) {
    Object.assign(attributes, requestHeaderAttributes(request.headers, capturedRequestHeaders));
  }
  if (startAttributes !== undefined) {
    Object.assign(
      attributes,
      callHook("http client startAttributes", () => startAttributes(request), {}),
    );
  }
  const name = spanName ? callHook("http client spanName", () => spanName(request, byDefault), byDefault) : byDefault;
  return tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, context.active());
}

function mayBeTold(url: URL, allowed: readonly string[] | undefined): boolean {
  return allowed === undefined || allowed.includes(url.hostname) || allowed.includes(url.host);
}
