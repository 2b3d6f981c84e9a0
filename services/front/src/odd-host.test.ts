/** Requests that `fetch` would not send are written to the socket. */
import { describe, expect, test } from "bun:test";
import { exchange } from "./testing/exchange.ts";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

const close = "Connection: close";

describe("a Host that is not one", () => {
  test.each([
    ["with a port that does not exist", ["Host: localhost:99999"]],
    ["with a port that is not a number", ["Host: localhost:http"]],
    ["with a space", ["Host: a b.localhost"]],
    ["with half an IPv6 address", ["Host: [::1"]],
    ["with an invalid IPv6 address", ["Host: [::1::2]"]],
    ["with an invalid IPv4 address", ["Host: 999.1.1.1"]],
    ["with letters outside of ASCII", ["Host: bücher.localhost"]],
    ["with a quote", ['Host: evil"']],
    ["with half an escape", ["Host: a%"]],
    ["with a user", ["Host: user@localhost"]],
    ["with a path", ["Host: localhost/path"]],
    ["that is empty", ["Host:"]],
    ["that is there twice", ["Host: a.localhost", "Host: b.localhost"]],
    ["that is there twice, the same", ["Host: localhost", "Host: localhost"]],
  ])("%s is 400 on every path, and is not logged", async (_, host) => {
    await using front = startFront();
    const url = front.server.listen("127.0.0.1", 0);
    for (const path of ["/healthz", "/rolldice?rolls=2", "/dice/of/oak", "/rolldice/table"]) {
      const answer = await exchange(url, [`GET ${path} HTTP/1.1`, ...host, close]);
      expect(answer).toStartWith("HTTP/1.1 400");
      expect(answer).toMatch(/\r\ncontent-type: application\/problem\+json\r\n/i);
      expect(answer).toContain(`"instance":"${path.split("?")[0]}"`);
      expect(answer).toContain('"field":"host"');
    }
    expect(front.logged).toEqual([]);
  });
});

test.each([
  ["HTTP/1.0 without a Host", "HTTP/1.0", []],
  ["an IPv6 address", "HTTP/1.1", ["Host: [::1]:3000"]],
  ["an underscore", "HTTP/1.1", ["Host: front_1:3000"]],
  ["a host without its port", "HTTP/1.1", ["Host: localhost:"]],
] as const)("%s is served as any other request", async (_, version, host) => {
  await using back = await startScriptedBack({ roll: async ({ rolls }) => ({ values: Array(rolls).fill(4) }) });
  await using front = startFront({ backPort: back.port });
  const url = front.server.listen("127.0.0.1", 0);
  const ask = (request: string) => exchange(url, [`${request} ${version}`, ...host, close]);
  expect(await ask("GET /healthz")).toStartWith("HTTP/1.1 200");
  expect(await ask("GET /readyz")).toStartWith("HTTP/1.1 200");
  expect(await ask("GET /rolldice?rolls=2")).toEndWith("[4,4]");
  expect(await ask("DELETE /rolldice")).toMatch(/\r\nallow: GET, HEAD\r\n/i);
  expect(await ask("GET /rolldice?rolls=0")).toContain('"instance":"/rolldice"');
  const unknown = await ask("GET /dice/of/oak/and/ash?x=/y");
  expect(unknown).toStartWith("HTTP/1.1 404");
  expect(unknown).toContain('"instance":"/dice/of/oak/and/ash"');
  expect(front.logged).toEqual([]);
});

test("a request target that is not a path is an error of the client, not an unexpected error", async () => {
  await using front = startFront();
  const url = front.server.listen("127.0.0.1", 0);
  for (const line of ["OPTIONS * HTTP/1.1", "GET //healthz HTTP/1.0"]) {
    expect(await exchange(url, [line, close])).toMatch(/^HTTP\/1\.1 4\d\d/);
  }
  expect(front.logged).toEqual([]);
});
