import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startTestTelemetry } from "../testing.ts";
import { tracedFetch } from "./client.ts";

/** Two hosts on one machine: `127.0.0.1` is on the list, `localhost` is not. */
let server: Bun.Server<undefined>;
let port = 0;
const inMemory = startTestTelemetry();
const listed = () => `http://127.0.0.1:${port}`;
const unlisted = () => `http://localhost:${port}`;
const traced = () => tracedFetch(inMemory.telemetry, { propagateTo: ["127.0.0.1"] });

beforeAll(() => {
  server = Bun.serve({
    port: 0,
    routes: {
      "/seen": async (request) =>
        Response.json({ method: request.method, headers: request.headers.toJSON(), body: await request.text() }),
      "/loop": () => Response.redirect("/loop"),
      "/to/:status/:where": (request) => {
        const { status, where } = request.params;
        return new Response(null, { status: Number(status), headers: { location: where } });
      },
    },
  });
  port = server.port ?? 0;
});
afterAll(async () => {
  await server.stop(true);
  await inMemory.shutdown();
});

interface Seen {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

const via = (from: string, status: number, to: string): string => `${from}/to/${status}/${encodeURIComponent(to)}`;

async function seen(url: string, init?: RequestInit): Promise<Seen> {
  return (await (await traced()(url, init)).json()) as Seen;
}

describe("a redirect, with a list of hosts that may know of the trace", () => {
  test("from a listed host to another host: that one is told nothing", async () => {
    const { headers } = await seen(via(listed(), 302, `${unlisted()}/seen`), { headers: { baggage: "mine=1" } });
    expect(Object.keys(headers)).not.toContainAnyValues(["traceparent", "tracestate", "baggage"]);
  });

  test("from an unlisted host to a listed one: that one joins the trace", async () => {
    inMemory.reset();
    const { headers } = await seen(via(unlisted(), 302, `${listed()}/seen`));
    const [span] = inMemory.spans();
    expect(headers.traceparent).toBe(`00-${span?.traceId}-${span?.spanId}-03`);
    expect(span?.attributes["http.response.status_code"]).toBe(200);
  });

  test("there and back again", async () => {
    const { headers } = await seen(via(listed(), 307, via(unlisted(), 307, `${listed()}/seen`)));
    expect(headers).toHaveProperty("traceparent");
  });

  test.each([
    [301, "POST", "GET", ""],
    [302, "POST", "GET", ""],
    [303, "PUT", "GET", ""],
    [307, "POST", "POST", "x"],
    [308, "PUT", "PUT", "x"],
    [302, "PUT", "PUT", "x"],
  ])("%i after %s is %s", async (status, method, then, body) => {
    const answer = await seen(via(listed(), status, `${unlisted()}/seen`), { method, body: "x" });
    const plain = (await (
      await fetch(via(listed(), status, `${unlisted()}/seen`), { method, body: "x" })
    ).json()) as Seen;
    expect([answer.method, answer.body]).toEqual([then, body]);
    expect([plain.method, plain.body]).toEqual([then, body]);
  });

  test("credentials stay with the first host", async () => {
    const { headers } = await seen(via(listed(), 302, `${unlisted()}/seen`), {
      headers: { authorization: "Bearer x", cookie: "a=1", "x-mine": "1" },
    });
    expect([headers.authorization, headers.cookie, headers["x-mine"]]).toEqual([undefined, undefined, "1"]);
  });

  test.each(["file:///etc/hostname", "data:text/plain,x", "javascript:1", "ftp://127.0.0.1/"])(
    "to %s is refused, as fetch refuses it",
    async (location) => {
      await expect(traced()(via(listed(), 302, location))).rejects.toThrow("only http: and https: are followed");
      await expect(fetch(via(listed(), 302, location))).rejects.toThrow(TypeError);
    },
  );

  test("marks its answer as fetch does", async () => {
    expect((await traced()(via(listed(), 302, "/seen"))).redirected).toBe(true);
    expect((await traced()(`${listed()}/seen`)).redirected).toBe(false);
  });

  test("is not followed where the caller says so", async () => {
    const response = await traced()(via(listed(), 302, "/seen"), { redirect: "manual" });
    expect(response.status).toBe(302);
  });

  test("without an end is given up", async () => {
    await expect(traced()(`${listed()}/loop`)).rejects.toThrow("more than 20 redirects");
  });
});
