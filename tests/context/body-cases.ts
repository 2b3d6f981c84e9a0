/** Bodies of responses, which Bun reads long after the handler returned. */
import { context, type Span, trace } from "@opentelemetry/api";
import { outside } from "./outside.ts";
import type { SurvivalCase } from "./survival.ts";

type MakeBody = (seen: (active: Span | undefined) => void) => Response | Promise<Response>;

/** Serves one response whose body records which span is active while it is made, and reads it. */
async function served(make: MakeBody): Promise<Span | undefined> {
  const active = context.active();
  const { promise, resolve } = Promise.withResolvers<Span | undefined>();
  const handle = () => context.with(active, () => make(resolve));
  const server = outside(() => Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle }));
  try {
    const abort = new AbortController();
    const response = await fetch(server.url, { signal: abort.signal });
    const reader = response.body?.getReader();
    await reader?.read();
    // Bodies that wait for the client to leave get what they wait for.
    await reader?.cancel();
    abort.abort();
    return await promise;
  } finally {
    await server.stop(true);
  }
}

const throughThePlugin = "The Elysia plugin reads the body in the request's context";
const repaired = (kind: "generator" | "direct") => () =>
  import("./repaired.ts").then(({ responseBodyKeepsContext }) => responseBodyKeepsContext(kind));

export const bodyCases: readonly SurvivalCase[] = [
  {
    place: "`ReadableStream`, `pull`",
    plain: "kept",
    remedy: "",
    tryPlain: () =>
      served(
        (seen) =>
          new Response(
            new ReadableStream({
              async pull(controller) {
                await Promise.resolve();
                seen(trace.getActiveSpan());
                controller.enqueue("x");
                controller.close();
              },
            }),
          ),
      ),
  },
  {
    place: "`ReadableStream`, `cancel`",
    plain: "kept",
    remedy: "",
    tryPlain: () =>
      served(
        (seen) =>
          new Response(
            new ReadableStream({
              pull: (controller) => controller.enqueue("x".repeat(65_536)),
              cancel: () => seen(trace.getActiveSpan()),
            }),
          ),
      ),
  },
  {
    place: "`Response` of an async generator",
    plain: "lost",
    remedy: throughThePlugin,
    tryPlain: () =>
      served((seen) => {
        async function* body(): AsyncGenerator<string> {
          await Promise.resolve();
          seen(trace.getActiveSpan());
          yield "x";
        }
        return new Response(body());
      }),
    tryRepaired: repaired("generator"),
  },
  {
    place: '`Response` of a Bun stream with `type: "direct"`',
    plain: "lost",
    remedy: throughThePlugin,
    tryPlain: () =>
      served(
        (seen) =>
          new Response(
            new ReadableStream({
              type: "direct",
              async pull(controller) {
                await Promise.resolve();
                seen(trace.getActiveSpan());
                controller.write("x");
                controller.close();
              },
            }),
          ),
      ),
    tryRepaired: repaired("direct"),
  },
];
