/** The services with a minimal use of the SDK: the same four spans as ours, with the stock exporter. */
import {
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { Elysia } from "elysia";
import { replaceTelemetry } from "../telemetries/replace.ts";
import { reportMade, startProvider, untraced, withSpan } from "./provider.ts";

interface Call {
  readonly method: { readonly path: string };
  readonly request: unknown;
  readonly next: (request: unknown, options: Options) => AsyncGenerator<unknown>;
}
interface Options {
  readonly metadata?: Carrier;
}
type Carrier = Iterable<[string, string[]]> & {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
};
const headersGetter = { get: (headers: Headers, key: string) => headers.get(key) ?? undefined, keys: () => [] };
const metadataGetter = { get: (metadata: Carrier, key: string) => metadata.get(key), keys: () => [] };
const metadataSetter = { set: (metadata: Carrier, key: string, value: string) => metadata.set(key, value) };

const isFront = process.env.FRONT_PORT !== undefined;
const provider = startProvider(isFront ? "front" : "back");
const tracer = trace.getTracer("bench");

function failed(span: Span, error: unknown): never {
  span.recordException(error as Error);
  span.setStatus({ code: SpanStatusCode.ERROR });
  throw error;
}

/** Each step of the generator runs in the span's context. */
async function* inSpan(span: Span, active: Context, generator: AsyncGenerator<unknown>): AsyncGenerator<unknown> {
  try {
    for (;;) {
      const { done, value } = await context.with(active, () => generator.next());
      if (done) return value;
      yield value;
    }
  } catch (error) {
    failed(span, error);
  } finally {
    span.end();
  }
}

async function* clientMiddleware(call: Call, options: Options): AsyncGenerator<unknown> {
  const parent = context.active();
  const attributes = { "rpc.system": "grpc", "rpc.method": call.method.path };
  const span = tracer.startSpan(call.method.path, { kind: SpanKind.CLIENT, attributes }, parent);
  const active = trace.setSpan(parent, span);
  // The service makes new metadata for each call, so it may be changed here.
  if (options.metadata) propagation.inject(active, options.metadata, metadataSetter);
  return yield* inSpan(span, active, call.next(call.request, options));
}

async function* serverMiddleware(call: Call, options: Required<Options>): AsyncGenerator<unknown> {
  const parent = propagation.extract(ROOT_CONTEXT, options.metadata, metadataGetter);
  const attributes = { "rpc.system": "grpc", "rpc.method": call.method.path };
  const span = tracer.startSpan(call.method.path, { kind: SpanKind.SERVER, attributes }, parent);
  return yield* inSpan(span, trace.setSpan(parent, span), call.next(call.request, options));
}

function serverPlugin() {
  return new Elysia().wrap((handle: (request: Request) => unknown) => async (request: Request) => {
    const parent = propagation.extract(ROOT_CONTEXT, request.headers, headersGetter);
    const { pathname } = new URL(request.url);
    const attributes = { "http.request.method": request.method, "url.path": pathname, "url.scheme": "http" };
    const span = tracer.startSpan(`${request.method} ${pathname}`, { kind: SpanKind.SERVER, attributes }, parent);
    try {
      const response = await context.with(trace.setSpan(parent, span), handle, undefined, request);
      if (response instanceof Response) span.setAttribute("http.response.status_code", response.status);
      return response;
    } catch (error) {
      return failed(span, error);
    } finally {
      span.end();
    }
  });
}

replaceTelemetry({
  main: {
    startTelemetry: () => ({
      serviceName: isFront ? "front" : "back",
      flush: () => provider.forceFlush(),
      shutdown: async () => {
        // It rejects when the last export fails.
        await provider.shutdown().finally(reportMade);
      },
    }),
    createLogger: untraced.createLogger,
    withSpan,
  },
  http: { httpServerTelemetry: serverPlugin, ...untraced.http },
  grpc: {
    grpcServerOptions: () => ({}),
    grpcServerTelemetry: () => serverMiddleware,
    grpcClientTelemetry: () => clientMiddleware,
  },
});
