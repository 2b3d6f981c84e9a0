/** A receiver of OTLP as JSON on this machine, for the tests of this folder. */

/** What a request got: a status, a response, or nothing for ever. */
export type Answer = (path: string, index: number) => Response | Promise<Response>;

export interface Receiver extends AsyncDisposable {
  readonly url: string;
  /** Sends spans here as JSON, and no other signal. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the spans that arrived, whatever the answer. */
  readonly spans: readonly string[];
  /** Names of the spans of each request. */
  readonly batches: readonly (readonly string[])[];
  readonly headers: readonly Readonly<Record<string, string>>[];
}

interface Traces {
  readonly resourceSpans?: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly { name: string }[] }[];
  }[];
}

export const never = (): Promise<Response> => new Promise(() => {});

export function startReceiver(answer: Answer = () => Response.json({})): Receiver {
  const batches: string[][] = [];
  const headers: Record<string, string>[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "localhost",
    idleTimeout: 0,
    fetch: async (request) => {
      const { resourceSpans = [] } = (await request.json()) as Traces;
      headers.push(request.headers.toJSON());
      batches.push(
        resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map((s) => s.name))),
      );
      return answer(new URL(request.url).pathname, batches.length - 1);
    },
  });
  const url = `http://localhost:${server.port}`;
  return {
    url,
    env: {
      OTEL_TRACES_EXPORTER: "otlp",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
    },
    get spans() {
      return batches.flat();
    },
    batches,
    headers,
    [Symbol.asyncDispose]: () => server.stop(true),
  };
}
