/** Clients and servers. */
import http from "node:http";
import http2 from "node:http2";
import type { AddressInfo } from "node:net";
import { context, type Span, trace } from "@opentelemetry/api";
import { outside } from "./outside.ts";
import type { SurvivalCase } from "./survival.ts";

const bindIt = "`context.bind(context.active(), listener)`";

export const networkCases: readonly SurvivalCase[] = [
  {
    place: "`fetch`, after its answer",
    plain: "kept",
    remedy: "",
    tryPlain: () =>
      withServer(async (url) => {
        await (await fetch(url)).text();
        return trace.getActiveSpan();
      }),
  },
  {
    place: "`Bun.serve`, `request.signal` listener",
    plain: "lost",
    remedy: `${bindIt}; the plugin ends the span itself`,
    tryPlain: async () => {
      const active = context.active();
      const { promise, resolve } = Promise.withResolvers<Span | undefined>();
      const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
      const fetchHandler = (request: Request) =>
        context.with(active, () => {
          request.signal.addEventListener("abort", () => resolve(trace.getActiveSpan()));
          arrive();
          return new Promise<Response>(() => {});
        });
      const server = outside(() => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: fetchHandler }));
      const abort = new AbortController();
      const answer = fetch(server.url, { signal: abort.signal }).catch(() => {});
      await arrived;
      abort.abort();
      await answer;
      const seen = await promise;
      await server.stop(true);
      return seen;
    },
  },
  {
    place: "WebSocket messages on an Elysia server",
    plain: "lost",
    remedy: "`webSocketMessage()` runs each in a child span of the handshake",
    tryPlain: async () => {
      const { promise, resolve } = Promise.withResolvers<Span | undefined>();
      const active = context.active();
      const server = outside(() =>
        Bun.serve<undefined>({
          port: 0,
          hostname: "127.0.0.1",
          fetch: (request, own) => context.with(active, () => (own.upgrade(request) ? undefined : new Response("no"))),
          websocket: { message: () => resolve(trace.getActiveSpan()) },
        }),
      );
      const socket = new WebSocket(server.url.href.replace("http", "ws"));
      socket.onopen = () => socket.send("x");
      const seen = await promise;
      socket.close();
      await server.stop(true);
      return seen;
    },
    tryRepaired: () =>
      import("./repaired.ts").then(({ webSocketMessageKeepsContext }) => webSocketMessageKeepsContext()),
  },
  {
    place: "`node:http` client, response and its data",
    plain: "kept",
    remedy: "",
    tryPlain: () =>
      withServer(
        (url) =>
          new Promise((resolve) => {
            http.get(url, (response) => {
              response.on("data", () => {});
              response.on("end", () => resolve(trace.getActiveSpan()));
            });
          }),
      ),
  },
  {
    place: "`node:http2` client stream, data and end",
    plain: "kept",
    remedy: "",
    tryPlain: async () => {
      const server = http2.createServer();
      server.on("stream", (stream) => stream.end("x"));
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const session = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const seen = await new Promise<Span | undefined>((resolve) => {
        const stream = session.request({ ":path": "/" });
        stream.on("data", () => {});
        stream.on("end", () => resolve(trace.getActiveSpan()));
        stream.end();
      });
      session.close();
      server.close();
      return seen;
    },
  },
];

async function withServer<T>(use: (url: URL) => Promise<T>): Promise<T> {
  const server = outside(() => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("x") }));
  try {
    return await use(server.url);
  } finally {
    await server.stop(true);
  }
}
