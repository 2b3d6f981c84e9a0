import { expect, test } from "bun:test";
import { curlLine, type HttpRequest } from "./request.ts";

const rows: readonly (readonly [HttpRequest, string])[] = [
  [{ type: "http", path: "/a?b=1&c=2" }, "curl -i 'http://x/a?b=1&c=2'"],
  [{ type: "http", path: "/a", method: "PATCH" }, "curl -i -X PATCH 'http://x/a'"],
  [{ type: "http", path: "/a", headers: { "x-y": "it's" } }, `curl -i -H 'x-y: it'\\''s' 'http://x/a'`],
  [
    { type: "http", path: "/a", lines: ["{}", "{}"] },
    "curl -i -H 'content-type: application/x-ndjson' --data-binary $'{}\\n{}' 'http://x/a'",
  ],
];

test.each(rows)("%j as a shell line", (request, line) => {
  expect(curlLine(request, "http://x")).toBe(line);
});

const shell = Bun.which("bash");

test.skipIf(shell === null || Bun.which("curl") === null)("the line sends in a shell what the demo sends", async () => {
  const received = Promise.withResolvers<{
    readonly method: string;
    readonly type: string | null;
    readonly body: string;
  }>();
  await using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      received.resolve({
        method: request.method,
        type: request.headers.get("content-type"),
        body: await request.text(),
      });
      return new Response();
    },
  });
  const request: HttpRequest = { type: "http", path: "/t", lines: ['{"player":"ann"}', '{"rolls":2}'] };
  await Bun.$`${shell} -c ${`${curlLine(request, `http://127.0.0.1:${server.port}`)} --silent`}`.quiet();
  expect(await received.promise).toEqual({
    method: "POST",
    type: "application/x-ndjson",
    body: '{"player":"ann"}\n{"rolls":2}',
  });
});
