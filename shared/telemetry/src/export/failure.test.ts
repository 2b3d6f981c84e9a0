/** What a person reads when an export fails, in the situations that people get into. */
import { afterAll, describe, expect, test } from "bun:test";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { readTelemetryConfig } from "../config.ts";
import { startReporting } from "../start-reporting.fixture.ts";
import { describeEndpoint, explainFailure } from "./failure.ts";

const cleanUp: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of cleanUp) await close();
});

const certificates = `${import.meta.dir}/../../fixtures/certificates`;
const pem = (name: string): Promise<string> => Bun.file(`${certificates}/${name}.pem`).text();
const traces = { OTEL_TRACES_EXPORTER: "otlp" };

/** Sends one span, and returns the line that says why that failed. */
async function lineFor(endpoint: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const { telemetry, lines } = startReporting({ ...traces, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, ...env });
  telemetry.tracer.startSpan("a").end();
  await telemetry.shutdown();
  return lines.find(({ message }) => message.startsWith("Cannot send"))?.message ?? "";
}

function serve(answer: () => Response, tls?: Bun.TLSOptions): string {
  const server = Bun.serve({ port: 0, hostname: "localhost", fetch: answer, ...(tls ? { tls } : {}) });
  cleanUp.push(() => server.stop(true));
  return `${tls ? "https" : "http"}://localhost:${server.port}`;
}

function explain(endpoint: string, error: unknown, protocol = "http/protobuf") {
  const { config } = readTelemetryConfig({
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  });
  const { reason, advice } = explainFailure(error, { signal: "TRACES", otlp: config.traces.otlp });
  return `${reason}. ${advice}`;
}

const system = (code: string): Error => Object.assign(new Error("words of the library"), { code });

test("nothing listens there", async () => {
  for (const protocol of ["http/protobuf", "grpc"]) {
    const line = await lineFor("http://localhost:1", { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    expect(line).toMatch(
      /^Cannot send spans to http:\/\/localhost:1\S*: connection refused\. Is a collector running there\? Set OTEL_EXPORTER_OTLP_ENDPOINT, or OTEL_TRACES_EXPORTER=none\. Spans are lost until it works again\.$/,
    );
  }
});

test("the host name is unknown", async () => {
  for (const protocol of ["http/protobuf", "grpc"]) {
    const line = await lineFor("http://collector.invalid:4318", { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    expect(line).toContain(": the host name is unknown. Check OTEL_EXPORTER_OTLP_ENDPOINT.");
  }
});

describe("a receiver that denies", () => {
  test.each([
    ["as text", () => new Response("token expired", { status: 401 })],
    ["as JSON", () => Response.json({ code: 16, message: "token expired" }, { status: 401 })],
    ["as google.rpc.Status", () => new Response(`\u0008\u0010\u0012\rtoken expired`, { status: 401 })],
  ])("is quoted, %s, with the variable that sets headers", async (_, answer) => {
    expect(await lineFor(serve(answer))).toMatch(
      /: HTTP 401 Unauthorized: token expired\. Set the credentials in OTEL_EXPORTER_OTLP_HEADERS\./,
    );
  });

  test("with a web page is not quoted", async () => {
    const page = serve(() => new Response("<html>Sign in</html>", { status: 403 }));
    expect(await lineFor(page)).toContain(": HTTP 403 Forbidden. Set the credentials");
  });

  test("with a long text is cut short", async () => {
    const line = await lineFor(serve(() => new Response("x\n".repeat(10_000), { status: 400 })));
    expect(line).toContain("HTTP 400 Bad Request: x x x");
    expect(line.length).toBeLessThan(500);
  });

  test("over gRPC too", () => {
    const error = Object.assign(new Error("16 UNAUTHENTICATED: token expired"), { code: 16, details: "token expired" });
    expect(explain("http://localhost:4317", error, "grpc")).toBe(
      "UNAUTHENTICATED: token expired. Set the credentials in OTEL_EXPORTER_OTLP_HEADERS.",
    );
  });
});

describe("the port of the other protocol", () => {
  test("4317 over HTTP: one message that says what 4317 is, and which variable to set", async () => {
    for (const error of [system("HPE_INVALID_CONSTANT"), system("ECONNRESET"), system("EPIPE")]) {
      expect(explain("http://localhost:4317", error)).toContain(
        "Port 4317 is for OTLP over gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=grpc, or use port 4318.",
      );
    }
  });

  test("4318 over gRPC", () => {
    const details = "No connection established. Last error: Protocol error (x). Resolution note: ";
    expect(explain("http://localhost:4318", Object.assign(new Error("x"), { code: 14, details }), "grpc")).toBe(
      "the server uses another protocol. Port 4318 is for OTLP over HTTP: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf, or use port 4317.",
    );
  });

  test("any other port, with a real gRPC server over HTTP and a real HTTP server over gRPC", async () => {
    const server = createServer().listen(0, "localhost");
    await new Promise<void>((resolve) => server.once("listening", resolve));
    cleanUp.push(() => server.close());
    const advice = "Check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL.";
    expect(await lineFor(`http://localhost:${(server.address() as AddressInfo).port}`)).toContain(
      `: the server uses another protocol. ${advice}`,
    );
    const http = serve(() => new Response());
    expect(await lineFor(http, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toContain(
      `: the server uses another protocol. ${advice}`,
    );
  });
});

describe("TLS", () => {
  test("a certificate without a trusted authority", async () => {
    const url = serve(() => new Response(), { cert: await pem("server"), key: await pem("server-key") });
    for (const protocol of ["http/protobuf", "http/json"]) {
      expect(await lineFor(url, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol })).toContain(
        ": the certificate of the server is not trusted. Set OTEL_EXPORTER_OTLP_CERTIFICATE to the authority that signed it.",
      );
    }
  });

  test("a server that asks for a client certificate", async () => {
    const tls = { cert: await pem("server"), key: await pem("server-key"), ca: await pem("ca") };
    const url = serve(() => new Response(), { ...tls, requestCert: true, rejectUnauthorized: true });
    expect(await lineFor(url, { OTEL_EXPORTER_OTLP_CERTIFICATE: `${certificates}/ca.pem` })).toContain(
      ": the server asks for a client certificate. Set OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE",
    );
  });

  test("https:// to a server without TLS", async () => {
    const url = serve(() => new Response()).replace("http:", "https:");
    expect(await lineFor(url)).toContain(
      ": the server does not speak TLS. Does the endpoint have to begin with http://?",
    );
  });
});

test.each([
  [404, "Check the path of OTEL_EXPORTER_OTLP_ENDPOINT"],
  [413, "Set OTEL_BSP_MAX_EXPORT_BATCH_SIZE"],
  [415, "Set OTEL_EXPORTER_OTLP_PROTOCOL"],
  [307, "Redirects are not followed"],
])("HTTP %d says what to do", async (status, advice) => {
  expect(await lineFor(serve(() => new Response(null, { status })))).toContain(advice);
});

test.each([
  [13, "Received RST_STREAM with code 0 (Call ended without gRPC status)", "the call was ended without an answer"],
  [8, "Received message larger than max (1752460652 vs 4194304)", "the server uses another protocol"],
  [12, "No message received", "the server is not an OTLP receiver"],
  [14, "Received HTTP status code 503", "HTTP 503"],
])("what grpc-js says of an answer that is not gRPC is reported in our words: %i %s", (code, details, words) => {
  const line = explain("http://h:4317", Object.assign(new Error(details), { code, details }), "grpc");
  expect(line).toBe(`${words}. Check OTEL_EXPORTER_OTLP_ENDPOINT and OTEL_EXPORTER_OTLP_PROTOCOL.`);
});

test("TLS over gRPC to an IP address", async () => {
  const tls = { cert: await pem("server"), key: await pem("server-key") };
  const url = serve(() => new Response(), tls).replace("localhost", "127.0.0.1");
  const line = await lineFor(url, { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
  expect(line).toContain("over gRPC, TLS needs a host name and no IP address. Set a host name");
});

test("an answer of megabytes", async () => {
  const line = await lineFor(serve(() => new Response("x".repeat(5_000_000))));
  expect(line).toContain("the answer is too long for an OTLP receiver. Check OTEL_EXPORTER_OTLP_ENDPOINT");
});

test("a reason that is compressed is not quoted", async () => {
  const headers = { "content-encoding": "gzip" };
  const line = await lineFor(serve(() => new Response(Bun.gzipSync("bad key"), { status: 401, headers })));
  expect(line).toContain("HTTP 401 Unauthorized. Set the credentials");
});

test("an unknown error is not shown with the text of a library", () => {
  expect(explain("http://localhost", system("ERR_SOMETHING"))).not.toContain("words of the library");
});

test("an endpoint is described without what may be a secret", () => {
  expect(describeEndpoint("https://user:secret@host:1/v1/traces?key=secret")).toBe("https://host:1/v1/traces");
  expect(describeEndpoint("http://host:4317")).toBe("http://host:4317");
  expect(describeEndpoint("collector:4317")).toBe("collector:4317");
});
