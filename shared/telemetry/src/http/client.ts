/** `fetch` with a CLIENT span, and the trace sent along in the headers. */
import { context, SpanKind } from "@opentelemetry/api";
import { callHook } from "../hooks.ts";
import { headersSetter } from "../propagation/index.ts";
import { isAbort } from "../span.ts";
import { isTracingSuppressed } from "../suppression.ts";
import type { Telemetry } from "../telemetry.ts";
import { clientAttributes, readMethod } from "./attributes.ts";
import { createHttpInstruments } from "./instruments.ts";
import type { HttpClientTelemetryOptions } from "./options.ts";
import { fetchHopByHop } from "./redirects.ts";
import { type HttpSide, RequestSpan } from "./request-span.ts";

/**
 * Makes a `fetch` that traces. It takes and returns what `fetch` does, throws what `fetch` throws, and keeps
 * `fetch.preconnect`. The span ends when the response's headers are there, because nobody may ever read the body. A
 * request that its caller aborts is not an error.
 *
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-client-span
 */
export function tracedFetch(telemetry: Telemetry, options: HttpClientTelemetryOptions = {}): typeof fetch {
  const instruments = createHttpInstruments("client", telemetry, options);
  const side: HttpSide = { name: "client", telemetry, options, instruments };
  const { filter = () => true, knownMethods = telemetry.knownHttpMethods, propagateTo } = options;

  const traced = async (input: Parameters<typeof fetch>[0], init?: BunFetchRequestInit): Promise<Response> => {
    if (isTracingSuppressed(context.active())) return fetch(input, init);
    // A Request of its own: the headers that are added must not show in what the caller passed. What only Bun knows
    // (tls, proxy, unix) does not fit into a Request and goes along beside it.
    const request = new Request(input as Request, init);
    const { body: _body, headers: _headers, method: _method, ...bunOptions } = init ?? {};
    if (!callHook("http client filter", () => filter(request), true)) return fetch(request, bunOptions);
    const span = startClientSpan(side, request, knownMethods);
    const tell = (next: Request): void => {
      if (mayBeTold(new URL(next.url), propagateTo)) {
        telemetry.propagator.inject(span.context, next.headers, headersSetter);
      } else for (const field of telemetry.propagator.fields()) next.headers.delete(field);
    };
    try {
      const response = await send(request, bunOptions, tell, propagateTo !== undefined);
      span.end({ response, statusCode: response.status, error: undefined, failed: false });
      return response;
    } catch (error) {
      span.end({ response: undefined, statusCode: undefined, error, failed: !isAbort(error) });
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

function startClientSpan(side: HttpSide, request: Request, knownMethods: readonly string[]): RequestSpan {
  const method = readMethod(request.method, knownMethods);
  const { metric, span } = clientAttributes(new URL(request.url), method.name);
  return new RequestSpan(side, request, {
    kind: SpanKind.CLIENT,
    parent: context.active(),
    links: [],
    name: method.inSpanName,
    attributes: { metric, span: { ...span, ...method.attributes } },
  });
}

function mayBeTold(url: URL, allowed: readonly string[] | undefined): boolean {
  return allowed === undefined || allowed.includes(url.hostname) || allowed.includes(url.host);
}
