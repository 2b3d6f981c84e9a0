/** Small services that call the address they are told to. One is right; each of the others is wrong in one way. */
import { type StartedTelemetry, startTelemetry } from "@baton/telemetry";
import { tracedFetch, tracedHandler } from "@baton/telemetry/http";
import { type Context, context, defaultTextMapSetter, SpanKind, trace } from "@opentelemetry/api";

type Fetch = (url: string, init?: RequestInit) => Promise<Response>;
type Handle = (request: Request) => Promise<Response>;

export interface Fault {
  /** The finding that it must make. */
  readonly finding: string;
  /** What follows from it and is told too. */
  readonly also?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Changes the request before telemetry sees it. */
  readonly incoming?: (request: Request) => Request | Promise<Request>;
  /** Makes the call instead of the traced `fetch`. */
  readonly call?: (url: string, inside: Inside) => Promise<Response>;
  /** Changes the answer after telemetry saw it. */
  readonly answer?: (response: Response) => Response;
}

interface Inside {
  readonly request: Request;
  readonly telemetry: StartedTelemetry;
  readonly traced: Fetch;
}

export interface TinyService extends AsyncDisposable {
  /** It calls what `?url=` or a JSON body names. */
  readonly url: string;
}

/** @param otlpPort Where its spans go. */
export function startTinyService(otlpPort: number, fault: Omit<Fault, "finding"> = {}): TinyService {
  const telemetry = startTelemetry({
    serviceName: "tiny",
    register: false,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpPort}`,
      OTEL_BSP_SCHEDULE_DELAY: "20",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
      ...fault.env,
    },
    onReport: () => {},
  });
  const traced = tracedFetch(telemetry);
  const handle: Handle = async (request) => {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== "/proxy") return new Response("no such path", { status: 404 });
    const url = searchParams.get("url") ?? ((await request.json()) as { readonly url: string }).url;
    const response = await (fault.call?.(url, { request, telemetry, traced }) ?? traced(url));
    await response.arrayBuffer();
    return new Response("done", { status: response.ok ? 200 : 502 });
  };
  const inner = tracedHandler(telemetry)(handle);
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const response = await inner((await fault.incoming?.(request)) ?? request);
      return fault.answer?.(response) ?? response;
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/proxy`,
    async [Symbol.asyncDispose]() {
      await server.stop(true);
      await telemetry.shutdown();
    },
  };
}

/** A copy of the request with other headers. */
function withHeaders(request: Request, change: (headers: Headers) => void): Request {
  const headers = new Headers(request.headers);
  change(headers);
  return new Request(request, { headers });
}

function injected({ telemetry }: Inside, from: Context = context.active()): Record<string, string> {
  const headers: Record<string, string> = {};
  telemetry.propagator.inject(from, headers, defaultTextMapSetter);
  return headers;
}

/** What a service with one global variable for "the current request" does. */
function lastContext(): NonNullable<Fault["call"]> {
  let last = context.active();
  return async (url, { traced }) => {
    last = context.active();
    await Bun.sleep(20);
    return context.with(last, traced, undefined, url);
  };
}

function everyThirdUnsampled(): NonNullable<Fault["incoming"]> {
  let requests = 0;
  return (request) => {
    requests += 1;
    if (requests % 3 !== 0) return request;
    return withHeaders(request, (headers) =>
      headers.set("traceparent", (headers.get("traceparent") ?? "").replace(/01$/, "00")),
    );
  };
}

export const faults: Readonly<Record<string, Fault>> = {
  "does not read the header": {
    finding: "continues/new-trace",
    incoming: (request) => withHeaders(request, (headers) => headers.delete("traceparent")),
  },
  "takes another parent": {
    finding: "continues/other-parent",
    also: ["strict/parent-id", "strict/versioning"],
    incoming: (request) =>
      withHeaders(request, (headers) =>
        headers.set("traceparent", (headers.get("traceparent") ?? "").replace(/-[0-9a-f]{16}-/, "-1111111111111111-")),
      ),
  },
  "keeps the context of the last request": { finding: "continues/mixed-up", call: lastContext() },
  "loses tracestate": {
    finding: "continues/tracestate-lost",
    incoming: (request) => withHeaders(request, (headers) => headers.delete("tracestate")),
  },
  "calls without a header": { finding: "passes-on/no-header", call: (url) => fetch(url) },
  "copies the header of its caller": {
    finding: "passes-on/copied",
    call: (url, { request }) => fetch(url, { headers: { traceparent: request.headers.get("traceparent") ?? "" } }),
  },
  "makes no CLIENT span": {
    finding: "passes-on/no-client-span",
    call: (url, inside) => fetch(url, { headers: injected(inside) }),
  },
  "writes the header before its CLIENT span begins": {
    finding: "passes-on/past-client-span",
    async call(url, inside) {
      const headers = injected(inside);
      const span = inside.telemetry.tracer.startSpan("GET", { kind: SpanKind.CLIENT });
      return await fetch(url, { headers }).finally(() => span.end());
    },
  },
  "names a span that it does not send": {
    finding: "passes-on/parent-lost",
    call: (url, inside) => {
      const span = { ...trace.getSpanContext(context.active()) } as {
        traceId: string;
        spanId: string;
        traceFlags: number;
      };
      const lost = trace.setSpanContext(context.active(), { ...span, spanId: "1234567890abcdef" });
      return fetch(url, { headers: injected(inside, lost) });
    },
  },
  "calls in another trace": {
    finding: "passes-on/other-trace",
    call: (url, { traced }) => context.with(trace.deleteSpan(context.active()), traced, undefined, url),
  },
  "follows a redirect without a trace": {
    finding: "passes-on/redirect",
    async call(url, { traced }) {
      const response = await traced(url, { redirect: "manual" });
      const to = response.headers.get("location");
      return to === null ? response : fetch(new URL(to, url));
    },
  },
  "sets the sampled flag of calls": {
    finding: "passes-on/flags",
    also: ["passes-on/no-client-span"],
    call: (url, inside) =>
      fetch(url, {
        headers: { ...injected(inside), traceparent: (injected(inside).traceparent ?? "").replace(/..$/, "01") },
      }),
  },
  "takes upper case for lower case": {
    finding: "strict/trace-id",
    also: ["strict/parent-id", "strict/version", "strict/trace-flags"],
    incoming: (request) =>
      withHeaders(request, (headers) => {
        const value = headers.get("traceparent");
        if (value !== null) headers.set("traceparent", value.toLowerCase());
      }),
  },
  "takes the first of two headers": {
    finding: "strict/traceparent-received",
    incoming: (request) =>
      withHeaders(request, (headers) => {
        const [first] = headers.get("traceparent")?.split(",") ?? [];
        if (first !== undefined) headers.set("traceparent", first);
      }),
  },
  "loses baggage": {
    finding: "baggage/lost",
    incoming: (request) => withHeaders(request, (headers) => headers.delete("baggage")),
  },
  "decodes baggage twice": {
    finding: "baggage/coding",
    also: ["baggage/value"],
    incoming: (request) =>
      withHeaders(request, (headers) => {
        const value = headers.get("baggage");
        if (value !== null) headers.set("baggage", value.replaceAll("%25", "%"));
      }),
  },
  "makes two SERVER spans": {
    finding: "answers/several-spans",
    call(url, { telemetry, traced }) {
      telemetry.tracer.startSpan("again", { kind: SpanKind.SERVER }).end();
      return traced(url);
    },
  },
  "answers otherwise than its span says": {
    finding: "answers/status-code",
    also: ["answers/status"],
    answer: (response) => new Response(response.body, { status: 418 }),
  },
  "names another trace in its answer": {
    finding: "answers/traceresponse",
    answer: (response) =>
      new Response(response.body, {
        status: response.status,
        headers: { traceresponse: "00-11111111111111111111111111111111-1111111111111111-01" },
      }),
  },
  "records what is not sampled": {
    finding: "sampling/unsampled-recorded",
    also: ["passes-on/flags"],
    env: { OTEL_TRACES_SAMPLER: "always_on" },
  },
  "records only some of what is sampled": {
    finding: "sampling/sampled-not-recorded",
    also: ["passes-on/flags"],
    incoming: everyThirdUnsampled(),
  },
  "lets B3 win": { finding: "formats/w3c-loses", env: { OTEL_PROPAGATORS: "tracecontext,baggage,b3" } },
};
