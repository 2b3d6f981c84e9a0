/** `fetch` with a CLIENT span for each request, and the trace in the headers of the request. */
import { context, propagation, SpanKind } from "@opentelemetry/api";
import { sourceOf } from "../bun-quirks.ts";
import { guardHook } from "../hooks.ts";
import { headersSetter } from "../propagation/index.ts";
import { bound } from "../redact.ts";
import { ATTR_HTTP_REQUEST_RESEND_COUNT, ATTR_URL_FULL, ATTR_URL_TEMPLATE } from "../semconv.ts";
import { isTracingSuppressed } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import { isAbort, textOf } from "../thrown.ts";
import { clientMetricAttributes, readMethod } from "./attributes.ts";
import type { HttpClientTelemetryOptions } from "./options.ts";
import { copyForRedirect, followRedirects } from "./redirects.ts";
import { createSide, type HttpSide, RequestSpan } from "./request-span.ts";

interface HttpClientSide extends HttpSide {
  readonly options: HttpClientTelemetryOptions;
  readonly urlTemplate: (request: Request) => string | undefined;
}

/**
 * Makes a `fetch` that traces. It takes and returns what `fetch` does, throws what `fetch` throws, and keeps
 * `fetch.preconnect`. The span ends when the response's headers are there, because the body may never be read. Each
 * redirect that is followed has a span of its own. A request that its caller cancels is not an error, whatever reason
 * the caller gives; a timeout is. What is not HTTP (`data:`, `blob:`, `file:`) has no span.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export function tracedFetch(telemetry: Telemetry, options: HttpClientTelemetryOptions = {}): typeof fetch {
  const used = telemetry.enabled ? options : withoutHooks(options);
  const side: HttpClientSide = {
    ...createSide("client", telemetry, used),
    urlTemplate: guardHook("http client urlTemplate", used.urlTemplate, () => undefined),
  };
  const isTraced = guardHook("http client filter", used.filter, () => true);

  const traced = async (input: Parameters<typeof fetch>[0], init?: BunFetchRequestInit): Promise<Response> => {
    if (isTracingSuppressed(context.active())) return fetch(input, init);
    const first = ownRequest(input, init);
    if (first === undefined || !/^https?:/.test(first.url)) return fetch(input, init);
    // What only Bun knows (tls, proxy, unix) does not fit into a Request and goes along beside it.
    const { body: _body, headers: _headers, method: _method, ...bunOptions } = init ?? {};
    if (!isTraced(first)) return fetch(first, bunOptions);

    if (first.redirect !== "follow") {
      return sendTraced(side, first, { resendCount: 0, isOtherOrigin: false }, () => fetch(first, bunOptions));
    }
    const { origin } = new URL(first.url);
    return followRedirects(first, (request, resendCount, nextOf) => {
      const copy = copyForRedirect(request);
      const isOtherOrigin = new URL(request.url).origin !== origin;
      return sendTraced(side, request, { resendCount, isOtherOrigin }, async () => {
        const response = await fetch(request, { ...bunOptions, redirect: "manual" });
        return nextOf(copy, response);
      });
    });
  };
  return Object.assign(traced, { preconnect: fetch.preconnect });
}

/** For disabled telemetry, which still sends the trace to nobody but those that are listed. */
function withoutHooks({ propagateTo }: HttpClientTelemetryOptions): HttpClientTelemetryOptions {
  return propagateTo === undefined ? {} : { propagateTo };
}

/**
 * A Request of its own: the headers that are added must not show in what the caller passed. `undefined` for what is no
 * request: `fetch` has the words for that.
 */
function ownRequest(input: Parameters<typeof fetch>[0], init: BunFetchRequestInit | undefined): Request | undefined {
  try {
    if (!(input instanceof Request) || init?.body || !sourceOf(input).isStream) {
      return new Request(input as Request, init);
    }
    // Bun would keep the whole of a stream whose Request is copied. This one takes it over, as `fetch` does.
    const { url, method, headers, redirect, signal, body } = input;
    const own = { method, headers, redirect, signal, body };
    return new Request(url, Object.assign(own, omitUndefined(init)));
  } catch {
    return undefined;
  }
}

/** An option that is `undefined` is one that was not given. */
function omitUndefined(init: BunFetchRequestInit = {}): BunFetchRequestInit {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined));
}

interface Sending {
  /** How many redirects were followed before. */
  readonly resendCount: number;
  /** A redirect led to another origin than the caller asked for. */
  readonly isOtherOrigin: boolean;
}

/** Sends one request inside its span. `send` returns the response, or an object that has it. */
async function sendTraced<Result extends Response | { readonly response: Response }>(
  side: HttpClientSide,
  request: Request,
  sending: Sending,
  send: () => Promise<Result>,
): Promise<Result> {
  const span = startClientSpan(side, request, sending.resendCount);
  inject(side, span, request, sending.isOtherOrigin);
  span.captureSent();
  try {
    const result = await send();
    const response = result instanceof Response ? result : result.response;
    span.end({ response, statusCode: response.status, error: undefined, failed: false });
    return result;
  } catch (error) {
    span.end({ response: undefined, statusCode: undefined, error, failed: !isCancel(error, request.signal) });
    throw error;
  }
}

function startClientSpan(side: HttpClientSide, request: Request, resendCount: number): RequestSpan {
  const { options, telemetry, redact } = side;
  const method = readMethod(request.method, options.knownMethods ?? telemetry.knownHttpMethods);
  const metric = clientMetricAttributes(request.url, method.name);
  const template = side.urlTemplate(request);
  if (template !== undefined) metric[ATTR_URL_TEMPLATE] = bound(template);
  return new RequestSpan(side, request, {
    kind: SpanKind.CLIENT,
    parent: context.active(),
    links: [],
    name: template === undefined ? method.inSpanName : `${method.inSpanName} ${bound(template)}`,
    metric,
    attributesOf: () => ({
      [ATTR_URL_FULL]: redact(request.url),
      ...(resendCount > 0 && { [ATTR_HTTP_REQUEST_RESEND_COUNT]: resendCount }),
      ...method.attributes,
    }),
  });
}

/** Writes the headers of the trace. A host that must not have them gets none, not even those that the caller has set. */
function inject(
  { telemetry, options }: HttpClientSide,
  span: RequestSpan,
  request: Request,
  isOtherOrigin: boolean,
): void {
  const { headers } = request;
  const { propagator } = telemetry;
  const { hostname, host } = new URL(request.url);
  const { propagateTo } = options;
  const isListed = propagateTo?.includes(hostname) || propagateTo?.includes(host);
  if (propagateTo === undefined ? isOtherOrigin : !isListed) {
    for (const field of propagator.fields()) headers.delete(field);
  }
  if (propagateTo !== undefined && !isListed) return;
  const sent = isOtherOrigin && !isListed ? propagation.deleteBaggage(span.context) : span.context;
  propagator.inject(sent, headers, headersSetter);
}

/** The reason of a cancellation can be any value. Only `AbortSignal.timeout()` has one of its own. */
function isCancel(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted && error === signal.reason) return textOf(error, "name") !== "TimeoutError";
  return isAbort(error);
}
