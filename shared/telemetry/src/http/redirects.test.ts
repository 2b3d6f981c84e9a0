import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { startTestTelemetry } from "../testing.ts";
import { tracedFetch } from "./client.ts";
import type { HttpClientTelemetryOptions } from "./options.ts";

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
  test("from a listed host to another host: that one is sent nothing", async () => {
    const { headers } = await seen(via(listed(), 302, `${unlisted()}/seen`), { headers: { baggage: "mine=1" } });
    expect(Object.keys(headers)).not.toContainAnyValues(["traceparent", "tracestate", "baggage"]);
  });

  test("from an unlisted host to a listed one: that one joins the trace", async () => {
    inMemory.reset();
    const { headers } = await seen(via(unlisted(), 302, `${listed()}/seen`));
    const [, span] = inMemory.spans();
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

  test("of a streamed upload is refused, as fetch refuses it, and no part of the upload is kept", async () => {
    async function* body() {
      yield "x";
    }
    const init = () => ({ method: "POST", body: body() });
    await expect(traced()(via(listed(), 307, "/seen"), init())).rejects.toThrow("is a stream");
    await expect(fetch(via(listed(), 307, "/seen"), init())).rejects.toThrow(TypeError);
    expect((await seen(via(listed(), 303, "/seen"), init())).method).toBe("GET");
  });

  test("twice with a body sends it both times", async () => {
    const answer = await seen(via(listed(), 307, via(unlisted(), 308, `${listed()}/seen`)), {
      method: "POST",
      body: "x",
    });
    expect([answer.method, answer.body]).toEqual(["POST", "x"]);
  });

  test("without an end is given up", async () => {
    await expect(traced()(`${listed()}/loop`)).rejects.toThrow("more than 20 redirects");
  });
});

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-request-retries-and-redirects */
describe("each redirect that is followed", () => {
  const plain = tracedFetch(inMemory.telemetry);
  const spans = () =>
    inMemory.spans().map(({ kind, status, attributes }) => ({
      kind,
      status,
      statusCode: attributes["http.response.status_code"],
      resent: attributes["http.request.resend_count"],
    }));

  test("has a CLIENT span of its own, which counts", async () => {
    inMemory.reset();
    await plain(via(listed(), 302, via(listed(), 307, "/seen")));
    expect(spans()).toEqual([
      { kind: "CLIENT", status: "UNSET", statusCode: 302, resent: undefined },
      { kind: "CLIENT", status: "UNSET", statusCode: 307, resent: 1 },
      { kind: "CLIENT", status: "UNSET", statusCode: 200, resent: 2 },
    ]);
  });

  test("that must not be followed is the error of the request that was sent", async () => {
    inMemory.reset();
    await plain(via(listed(), 302, "file:///etc/hostname")).catch(() => {});
    expect(inMemory.spans().map(({ status, attributes }) => [status, attributes["error.type"]])).toEqual([
      ["ERROR", "TypeError"],
    ]);
  });

  test("carries the span of its own request", async () => {
    inMemory.reset();
    const { headers } = (await (await plain(via(listed(), 302, "/seen"))).json()) as Seen;
    const [, last] = inMemory.spans();
    expect(headers.traceparent).toBe(`00-${last?.traceId}-${last?.spanId}-03`);
  });
});

describe("a redirect to another origin, without a list of hosts", () => {
  const baggage = propagation.createBaggage({ tenant: { value: "a" } });
  const withBaggage = propagation.setBaggage(ROOT_CONTEXT, baggage);
  const ask = async (url: string, init?: RequestInit, options?: HttpClientTelemetryOptions): Promise<Seen> =>
    (await (await context.with(withBaggage, () => tracedFetch(inMemory.telemetry, options)(url, init))).json()) as Seen;

  test("takes the trace along, and neither the baggage nor a baggage header of the caller", async () => {
    const strange = await ask(via(listed(), 302, `${unlisted()}/seen`), { headers: { baggage: "mine=1" } });
    expect(strange.headers).toHaveProperty("traceparent");
    expect(strange.headers).not.toHaveProperty("baggage");
    const own = await ask(via(listed(), 302, "/seen"));
    expect(own.headers.baggage).toBe("tenant=a");
    const back = await ask(via(listed(), 302, via(unlisted(), 302, `${listed()}/seen`)));
    expect(back.headers.baggage).toBe("tenant=a");
  });

  test("takes the baggage along to a host that is listed", async () => {
    const { headers } = await ask(via(listed(), 302, `${unlisted()}/seen`), {}, { propagateTo: ["localhost"] });
    expect(headers.baggage).toBe("tenant=a");
  });
});
