/** Against real servers on this machine, over plain HTTP, TLS and mutual TLS. */
import { afterAll, describe, expect, test } from "bun:test";
import type { OtlpConfig } from "../config/otlp.ts";
import { readTelemetryConfig } from "../config.ts";
import { createFetchTransport, parseRetryAfter } from "./fetch-transport.ts";

const certificates = `${import.meta.dir}/../../fixtures/certificates`;
const pem = (name: string): Promise<string> => Bun.file(`${certificates}/${name}.pem`).text();
const body = new TextEncoder().encode("some spans ".repeat(100));
const never = new AbortController().signal;
const servers: Bun.Server<undefined>[] = [];

afterAll(() => Promise.all(servers.map((server) => server.stop(true))));

interface Received {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

function serve(answer: (request: Request) => Response | Promise<Response>, tls?: Bun.TLSOptions) {
  const received: Received[] = [];
  const server = Bun.serve({
    port: 0,
    idleTimeout: 0,
    ...(tls ? { tls } : {}),
    fetch: async (request) => {
      received.push({ method: request.method, headers: request.headers.toJSON(), body: await request.bytes() });
      return answer(request);
    },
  });
  servers.push(server);
  return { url: `${tls ? "https" : "http"}://localhost:${server.port}`, received };
}

function config(endpoint: string, env: Readonly<Record<string, string>> = {}): OtlpConfig {
  const prefixed = Object.entries(env).map(([name, value]) => [`OTEL_EXPORTER_OTLP_${name}`, value]);
  return readTelemetryConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...Object.fromEntries(prefixed) }).config.traces
    .otlp;
}

describe("a request", () => {
  test("is a POST with the configured headers, and content types that headers cannot take over", async () => {
    const { url, received } = serve(() => new Response("ok"));
    const transport = createFetchTransport(config(url, { HEADERS: "x-tenant=a%20b,content-type=text/plain" }));
    expect(await transport.post(body, never, 1000)).toEqual({ body: new TextEncoder().encode("ok") });
    expect(received).toHaveLength(1);
    expect(received[0]?.method).toBe("POST");
    expect(received[0]?.body).toEqual(body);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/x-protobuf",
      "x-tenant": "a b",
      "user-agent": expect.stringMatching(/^OTel-OTLP-Exporter-Baton\/\d/),
    });
    expect(received[0]?.headers).not.toHaveProperty("content-encoding");
    expect(received[0]?.headers).not.toHaveProperty("traceparent");
  });

  test.each(["none", "gzip"])(
    "carries what its body was when it was handed over, compression: %s",
    async (COMPRESSION) => {
      const { url, received } = serve(() => new Response());
      const reused = new Uint8Array(1_000_000).fill(65);
      const sent = createFetchTransport(config(url, { COMPRESSION })).post(reused.subarray(0, 999_000), never, 1000);
      reused.fill(66);
      await sent;
      const bytes = received[0]?.body ?? new Uint8Array();
      const plain = COMPRESSION === "gzip" ? Bun.gunzipSync(bytes as Uint8Array<ArrayBuffer>) : bytes;
      expect(Buffer.from(plain).equals(Buffer.alloc(999_000, 65))).toBe(true);
    },
  );

  test("says JSON for http/json", async () => {
    const { url, received } = serve(() => new Response());
    await createFetchTransport(config(url, { PROTOCOL: "http/json" })).post(body, never, 1000);
    expect(received[0]?.headers["content-type"]).toBe("application/json");
  });

  test("is compressed where gzip is asked for", async () => {
    const { url, received } = serve(() => new Response());
    await createFetchTransport(config(url, { COMPRESSION: "gzip" })).post(body, never, 1000);
    expect(received[0]?.headers["content-encoding"]).toBe("gzip");
    expect(received[0]?.body.length).toBeLessThan(body.length);
    expect(Bun.gunzipSync(new Uint8Array(received[0]?.body ?? []))).toEqual(body);
  });
});

describe("an answer", () => {
  test.each([
    [400, false],
    [401, false],
    [404, false],
    [408, false],
    [429, true],
    [500, false],
    [501, false],
    [502, true],
    [503, true],
    [504, true],
  ])("HTTP %d is retryable: %p", async (status, retry) => {
    const { url } = serve(() => new Response("no", { status }));
    const reply = await createFetchTransport(config(url)).post(body, never, 1000);
    expect(reply).toMatchObject({ ok: false, retry, unreachable: false, errorType: String(status) });
  });

  test("a redirect is not followed: the data would go where nobody sent it", async () => {
    const elsewhere = serve(() => new Response());
    const { url } = serve(() => Response.redirect(elsewhere.url, 307));
    const reply = await createFetchTransport(config(url)).post(body, never, 1000);
    expect(reply).toMatchObject({ ok: false, retry: false, errorType: "307" });
    expect(elsewhere.received).toEqual([]);
  });

  test("Retry-After is read", async () => {
    const { url } = serve(() => new Response("", { status: 503, headers: { "retry-after": "7" } }));
    expect(await createFetchTransport(config(url)).post(body, never, 1000)).toMatchObject({ retryAfterMs: 7000 });
    const now = Date.parse("2026-01-01T00:00:00Z");
    expect(parseRetryAfter("Thu, 01 Jan 2026 00:00:05 GMT", now)).toBe(5000);
    expect(parseRetryAfter("Thu, 01 Jan 2020 00:00:00 GMT", now)).toBe(0);
    expect(parseRetryAfter("soon", now)).toBeUndefined();
    expect(parseRetryAfter(null, now)).toBeUndefined();
  });

  test.each([true, false])("one of more than 4 MiB is not read (length told: %p)", async (told) => {
    const chunk = new Uint8Array(1024 * 1024);
    const stream = async function* () {
      for (let count = 0; count < 6; count += 1) yield chunk;
    };
    const { url } = serve(() => new Response(told ? new Uint8Array(6 * 1024 * 1024) : stream()));
    const reply = await createFetchTransport(config(url)).post(body, never, 1000);
    expect(reply).toMatchObject({ ok: false, retry: false, errorType: "response_too_large" });
  });
});

describe("no answer", () => {
  test("a refused connection is retryable and unreachable", async () => {
    const server = Bun.serve({ port: 0, fetch: () => new Response() });
    const url = `http://localhost:${server.port}`;
    await server.stop(true);
    const reply = await createFetchTransport(config(url)).post(body, never, 1000);
    expect(reply).toMatchObject({ ok: false, retry: true, unreachable: true });
  });

  test("a hanging receiver is left when the signal aborts", async () => {
    const { url } = serve(() => new Promise<Response>(() => {}));
    const reply = await createFetchTransport(config(url)).post(body, AbortSignal.timeout(20), 1000);
    expect(reply).toMatchObject({ ok: false, retry: false, errorType: "timeout" });
  });
});

describe("TLS", () => {
  const ca = { CERTIFICATE: `${certificates}/ca.pem` };
  const client = { CLIENT_CERTIFICATE: `${certificates}/client.pem`, CLIENT_KEY: `${certificates}/client-key.pem` };

  test("a server is trusted by the configured authority, and by that alone", async () => {
    const { url, received } = serve(() => new Response(), { cert: await pem("server"), key: await pem("server-key") });
    expect(await createFetchTransport(config(url, ca)).post(body, never, 1000)).toHaveProperty("body");
    const stranger = await createFetchTransport(config(url)).post(body, never, 1000);
    expect(stranger).toMatchObject({ ok: false, retry: false, unreachable: true });
    expect(received).toHaveLength(1);
  });

  test("a server that asks for a client certificate gets it", async () => {
    const tls = { cert: await pem("server"), key: await pem("server-key"), ca: await pem("ca") };
    const { url, received } = serve(() => new Response(), { ...tls, requestCert: true, rejectUnauthorized: true });
    expect(await createFetchTransport(config(url, { ...ca, ...client })).post(body, never, 1000)).toHaveProperty(
      "body",
    );
    expect(await createFetchTransport(config(url, ca)).post(body, never, 1000)).toMatchObject({ ok: false });
    expect(received).toHaveLength(1);
  });
});
