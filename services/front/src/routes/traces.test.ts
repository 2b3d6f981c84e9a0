import { describe, expect, test } from "bun:test";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { startFront } from "../testing/start-front.ts";

const id = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A backend that answers all paths alike, and remembers them. */
function startBackend(answer: () => Response) {
  const asked: string[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ url }) {
      const { pathname, search } = new URL(url);
      asked.push(pathname + search);
      return answer();
    },
  });
  return { asked, url: server.url.href, [Symbol.asyncDispose]: () => server.stop(true) };
}

/** A backend whose answer is written to the socket, for what no HTTP server would send. */
async function startRawBackend(answer: (socket: Socket) => void) {
  const server = createServer((socket) => socket.on("error", () => {}).once("data", () => answer(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { readonly port: number };
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close() };
}

const rawHead = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

const pageOf = (queryUrl: string, lab = false) => ({ queryUrl, lab });

describe("GET /lab/traces/:id", () => {
  test("answers what the backend has", async () => {
    await using backend = startBackend(() => Response.json({ data: [{ traceID: id }], total: 1 }));
    await using front = startFront(pageOf(backend.url));
    const response = await front.get(`/lab/traces/${id}`);
    expect([response.status, await response.json()]).toEqual([200, { data: [{ traceID: id }], total: 1 }]);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(backend.asked).toEqual([`/api/traces/${id}`]);
  });

  test.each(["..%2f..%2fadmin", `${id}?x=1`.replace("?", "%3f"), id.slice(1), id.toUpperCase(), `${id}%0a`])(
    "%s is no trace id: 400, and the backend is not asked",
    async (path) => {
      await using backend = startBackend(() => Response.json({ data: [] }));
      await using front = startFront(pageOf(backend.url));
      expect((await front.get(`/lab/traces/${path}`)).status).toBe(400);
      expect(backend.asked).toEqual([]);
    },
  );

  test("a trace that is not there yet is an empty list", async () => {
    await using backend = startBackend(() => new Response("trace not found", { status: 404 }));
    await using front = startFront(pageOf(backend.url));
    expect(await (await front.get(`/lab/traces/${id}`)).json()).toEqual({ data: [] });
  });

  test.each([
    ["no JSON", () => new Response("<html>")],
    ["an error", () => Response.json({ data: [] }, { status: 500 })],
    ["too much", () => new Response(`{"data":"${"x".repeat(5 * 1024 * 1024)}"}`)],
  ])("%s of the backend is 502", async (_, answer) => {
    await using backend = startBackend(answer);
    await using front = startFront(pageOf(backend.url));
    expect((await front.get(`/lab/traces/${id}`)).status).toBe(502);
  });

  test("an answer that goes on and on is 502, and most of it is not sent", async () => {
    const chunk = Buffer.alloc(1024 * 1024, " ");
    let left = 100;
    await using backend = await startRawBackend((socket) => {
      const send = () => {
        while (left > 0 && !socket.destroyed) {
          left -= 1;
          if (!socket.write(chunk)) return;
        }
        socket.end();
      };
      socket.on("drain", send).write(`${rawHead}\r\n`);
      send();
    });
    await using front = startFront(pageOf(backend.url));
    expect((await front.get(`/lab/traces/${id}`)).status).toBe(502);
    expect(left).toBeGreaterThan(50);
  });

  test("an answer that breaks off is 502", async () => {
    await using backend = await startRawBackend((socket) => {
      socket.write(`${rawHead}content-length: 100\r\n\r\n{"data":`, () => socket.destroy());
    });
    await using front = startFront(pageOf(backend.url));
    expect((await front.get(`/lab/traces/${id}`)).status).toBe(502);
    expect(front.logged).toEqual([]);
  });

  test("a redirect of the backend is not followed: 502", async () => {
    await using elsewhere = startBackend(() => Response.json({ data: [] }));
    await using backend = startBackend(() => Response.redirect(elsewhere.url));
    await using front = startFront(pageOf(backend.url));
    expect((await front.get(`/lab/traces/${id}`)).status).toBe(502);
    expect(elsewhere.asked).toEqual([]);
  });

  test("without a backend it is 404, and 502 when none answers", async () => {
    await using without = startFront();
    expect((await without.get(`/lab/traces/${id}`)).status).toBe(404);
    await using away = startFront(pageOf("http://127.0.0.1:1"));
    expect((await away.get(`/lab/traces/${id}`)).status).toBe(502);
  });
});

describe("in the lab", () => {
  test("traces of front and back are found by their time, each once", async () => {
    await using backend = startBackend(() => Response.json({ data: [{ traceID: id }] }));
    await using front = startFront(pageOf(backend.url, true));
    const response = await front.get("/lab/traces?start=1000&end=2000");
    expect(await response.json()).toEqual({ data: [{ traceID: id }] });
    expect(backend.asked.toSorted()).toEqual([
      "/api/traces?service=back&start=1000&end=2000&limit=20",
      "/api/traces?service=front&start=1000&end=2000&limit=20",
    ]);
  });

  test("a time that is not a number is 400", async () => {
    await using backend = startBackend(() => Response.json({ data: [] }));
    await using front = startFront(pageOf(backend.url, true));
    expect((await front.get("/lab/traces?start=1%26service=x&end=2")).status).toBe(400);
    expect(backend.asked).toEqual([]);
  });

  test("names of metrics, and null from a backend that keeps none", async () => {
    await using viewer = startBackend(() => Response.json({ data: [{ name: "a" }, { name: "a" }, { name: "b" }] }));
    await using ofViewer = startFront(pageOf(viewer.url, true));
    expect(await (await ofViewer.get("/lab/metrics")).json()).toEqual({ names: ["a", "b"] });
    await using jaeger = startBackend(() => new Response("<html>"));
    await using ofJaeger = startFront(pageOf(jaeger.url, true));
    expect(await (await ofJaeger.get("/lab/metrics")).json()).toEqual({ names: null });
  });
});

test("a backend that asks for a token gets QUERY_TOKEN, and no client of front sees it", async () => {
  const sent: (string | null)[] = [];
  await using backend = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch({ headers }) {
      sent.push(headers.get("authorization"));
      return sent.length === 1 ? new Response(null, { status: 401 }) : Response.json({ data: [] });
    },
  });
  await using front = startFront({ queryUrl: backend.url.href, queryToken: "a-token-of-a-viewer" });
  const refused = await front.get(`/lab/traces/${id}`);
  expect([refused.status, await refused.text()]).toEqual([502, expect.stringContaining("set QUERY_TOKEN")]);
  expect(await (await front.get(`/lab/traces/${id}`)).json()).toEqual({ data: [] });
  expect(sent).toEqual(["Bearer a-token-of-a-viewer", "Bearer a-token-of-a-viewer"]);
  expect(await (await front.get("/")).text()).not.toContain("a-token-of-a-viewer");
});
