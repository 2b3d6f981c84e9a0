import { expect, test } from "bun:test";
import { sendAsCaller } from "./caller.ts";

interface Received {
  readonly path: string;
  readonly traceparent: string | null;
  readonly baggage: string | null;
}

/** Front and the backend in one server. @param otlpStatus How the backend answers. */
function startServer(otlpStatus: number) {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: ({ url, headers }) => {
      const { pathname: path } = new URL(url);
      received.push({ path, traceparent: headers.get("traceparent"), baggage: headers.get("baggage") });
      return path === "/v1/traces" ? new Response(null, { status: otlpStatus }) : new Response("4");
    },
  });
  const url = `http://127.0.0.1:${server.port}`;
  return { received, targets: { frontUrl: url, otlpUrl: url }, [Symbol.asyncDispose]: () => server.stop(true) };
}

test("front gets a traceparent and the caller's own headers, then the backend gets the span", async () => {
  await using server = startServer(200);
  const request = { type: "http", path: "/rolldice" } as const;
  const answer = await sendAsCaller(request, { baggage: "dice.table=blue" }, server.targets);
  expect(answer).toMatchObject({ status: 200, lines: ["4"] });
  expect(server.received[0]?.traceparent).toContain(`-${answer.traceId}-`);
  expect(server.received).toEqual([
    {
      path: "/rolldice",
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-03$/),
      baggage: "dice.table=blue",
    },
    { path: "/v1/traces", traceparent: null, baggage: null },
  ]);
});

test("a backend that refuses the span is an error that names it", async () => {
  await using server = startServer(400);
  const sending = sendAsCaller({ type: "http", path: "/rolldice" }, {}, server.targets);
  await expect(sending).rejects.toThrow(`${server.targets.otlpUrl}/v1/traces`);
});
