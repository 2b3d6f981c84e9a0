/** Requests that `fetch` would not send are written to the socket. */
import { expect, test } from "bun:test";
import { once } from "node:events";
import { connect } from "node:net";
import { startScriptedBack } from "./testing/scripted-back.ts";
import { startFront } from "./testing/start-front.ts";

const hosts = [
  ["HTTP/1.0 without a Host", "HTTP/1.0", []],
  ["half an IPv6 address", "HTTP/1.1", ["Host: [::1"]],
  ["a Host with a quote", "HTTP/1.1", ['Host: evil"']],
] as const;

test.each(hosts)("%s is served as any other request", async (_, version, host) => {
  await using back = await startScriptedBack({ roll: async ({ rolls }) => ({ values: Array(rolls).fill(4) }) });
  await using front = startFront({ backPort: back.port });
  const url = front.server.listen("127.0.0.1", 0);
  const ask = (request: string) => exchange(url, [`${request} ${version}`, ...host, "Connection: close"]);
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
    expect(await exchange(url, [line, "Connection: close"])).toMatch(/^HTTP\/1\.1 4\d\d/);
  }
  expect(front.logged).toEqual([]);
});

/** @returns All that the server answers until it closes. */
async function exchange(url: URL, lines: readonly string[]): Promise<string> {
  const socket = connect(Number(url.port), url.hostname, () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
  let answer = "";
  socket.setEncoding("utf8").on("data", (text) => {
    answer += text;
  });
  await once(socket, "close");
  return answer;
}
