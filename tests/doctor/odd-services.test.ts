/** The doctor against services that cannot be examined well: the report is clear, and it ends in time. */
import { afterAll, describe, expect, test } from "bun:test";
import { type Examination, type ExamineOptions, examine } from "@baton/doctor";
import { startTelemetry } from "@baton/telemetry";
import { tracedHandler } from "@baton/telemetry/http";
import { freePorts } from "./free-ports.ts";

type Handle = (request: Request) => Response | Promise<Response>;

const open: (() => unknown)[] = [];
afterAll(() => Promise.all(open.map((close) => close())));

function serve(handle: Handle): string {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: handle, idleTimeout: 60 });
  open.push(() => server.stop(true));
  return server.url.href;
}

/** A handler that is traced, with spans that go to the port. */
function traced(otlpPort: number, handle: Handle): Handle {
  const telemetry = startTelemetry({
    serviceName: "odd",
    register: false,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${otlpPort}`,
      OTEL_BSP_SCHEDULE_DELAY: "20",
      OTEL_METRICS_EXPORTER: "none",
      OTEL_LOGS_EXPORTER: "none",
    },
    onReport: () => {},
  });
  open.push(() => telemetry.shutdown());
  return tracedHandler(telemetry)(handle);
}

function look(url: string, options: Partial<ExamineOptions> = {}): Promise<Examination> {
  return examine({ url, otlpHttpPort: 0, otlpGrpcPort: 0, waitMs: 300, ...options });
}

describe("cannot be examined", () => {
  test("nobody listens", async () => {
    const [port] = freePorts(1);
    const { outcome, summary, requests } = await look(`http://127.0.0.1:${port}/`);
    expect(outcome).toBe("unexamined");
    expect(summary).toBe(
      `Nothing listens at http://127.0.0.1:${port}/. Start the service, or correct the host and the port.`,
    );
    expect(requests).toBeLessThan(5);
  });

  test("the host has no address", async () => {
    const { outcome, summary } = await look("http://no-such-host.invalid/");
    expect(outcome).toBe("unexamined");
    expect(summary).toContain("The host of http://no-such-host.invalid/ has no address.");
  });

  test("it answers too late", async () => {
    const url = serve(async () => {
      await Bun.sleep(30_000);
      return new Response("late");
    });
    const { outcome, summary, durationMs } = await look(url, { timeoutMs: 300 });
    expect(outcome).toBe("unexamined");
    expect(summary).toContain("no answer within 0.3 s. If that is usual for it, give it more: --timeout 60.");
    expect(durationMs).toBeLessThan(5000);
  });

  test("it does not speak HTTP", async () => {
    const listener = Bun.listen({
      port: 0,
      hostname: "127.0.0.1",
      socket: { data: (socket) => void socket.end("SSH-2.0-OpenSSH_9.6\r\n") },
    });
    open.push(() => listener.stop(true));
    const { outcome, summary } = await look(`http://127.0.0.1:${listener.port}/`);
    expect(outcome).toBe("unexamined");
    expect(summary).toMatch(/does not speak HTTP|closed the connection/);
  });

  test("its certificate is not trusted", async () => {
    const certificates = new URL("../../shared/telemetry/fixtures/certificates/", import.meta.url).pathname;
    const [cert, key] = ["server.pem", "server-key.pem"].map((name) => Bun.file(certificates + name));
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      tls: { cert, key },
      fetch: () => new Response("secret"),
    });
    open.push(() => server.stop(true));
    const { outcome, summary } = await look(`https://localhost:${server.port}/`);
    expect(outcome).toBe("unexamined");
    expect(summary).toMatch(/^The certificate of https:\S+ is not trusted: .* NODE_EXTRA_CA_CERTS\.$/);
  });

  test("it has no tracing", async () => {
    const examination = await look(serve(() => new Response("plain")));
    expect(examination.outcome).toBe("unexamined");
    expect(examination.summary).toContain("no span of it came and it called nobody");
    expect(new Set(examination.checks.map(({ state }) => state))).toEqual(new Set(["not seen"]));
    expect(examination.findings.find(({ id }) => id === "continues/not-seen")?.remedy).toContain(
      "OTEL_EXPORTER_OTLP_ENDPOINT",
    );
  });
});

function strictSummary(checks: Examination["checks"]): string {
  return checks.find(({ id }) => id === "strict")?.summary ?? "";
}

describe("says what stood in the way", () => {
  test("without tracing, a call shows that the trace is lost", async () => {
    const url = serve(async (request) => {
      const to = new URL(request.url).searchParams.get("url");
      return to === null ? new Response("no such path", { status: 404 }) : fetch(to);
    });
    const { outcome, findings } = await look(`${url}?url={callback}`);
    expect(outcome).toBe("broken");
    expect(findings.map(({ id }) => id)).toContain("passes-on/no-header");
  });

  test("a login", async () => {
    const [otlpHttpPort = 0] = freePorts(1);
    const url = serve(traced(otlpHttpPort, () => new Response("who are you?", { status: 401 })));
    const { outcome, remarks, checks } = await look(url, { otlpHttpPort, waitMs: 10_000 });
    expect(outcome).toBe("right");
    // Without a call-back it is the User-Agent that tells which span is whose.
    const [, right, all] = /^(\d+) of (\d+) cases right/.exec(strictSummary(checks)) ?? [];
    expect(Number(right)).toBeGreaterThan(110);
    expect(right).toBe(all);
    expect(remarks.join()).toContain("Every answer was 401. Only what happens before the login was examined.");
  });

  test("a login that redirects", async () => {
    const url = serve(() => new Response(null, { status: 302, headers: { location: "/login" } }));
    expect((await look(url)).remarks.join()).toContain("Every answer was 302 to /login.");
  });

  test("an answer that is slow, with little time", async () => {
    const [otlpHttpPort = 0] = freePorts(1);
    const slow = traced(otlpHttpPort, async () => {
      await Bun.sleep(100);
      return new Response("at last");
    });
    const { remarks, checks, durationMs } = await look(serve(slow), { otlpHttpPort, waitMs: 10_000, budgetMs: 1000 });
    expect(remarks.join()).toContain("The time was over before all was sent");
    expect(checks.find(({ id }) => id === "continues")?.state).toBe("right");
    expect(durationMs).toBeLessThan(15_000);
  });

  test("a body without an end", async () => {
    const [otlpHttpPort = 0] = freePorts(1);
    const endless = traced(otlpHttpPort, () => {
      let timer: Timer | undefined;
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          timer = setInterval(() => controller.enqueue(new TextEncoder().encode("data: tick\n\n")), 5);
        },
        cancel: () => clearInterval(timer),
      });
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
    });
    const { outcome, checks } = await look(serve(endless), { otlpHttpPort, waitMs: 10_000 });
    expect(checks.find(({ id }) => id === "continues")?.state).toBe("right");
    expect(outcome).toBe("right");
  });

  test("a flood of spans", async () => {
    const [otlpHttpPort = 0] = freePorts(1);
    const flood = flooding(otlpHttpPort);
    const url = serve(traced(otlpHttpPort, () => new Response("quiet")));
    const { checks, durationMs } = await look(url, { otlpHttpPort, waitMs: 10_000 });
    await flood.stop();
    expect(flood.sent()).toBeGreaterThan(10_000);
    expect(checks.find(({ id }) => id === "continues")?.state).toBe("right");
    expect(durationMs).toBeLessThan(60_000);
  }, 60_000);
});

/** Sends spans of the same service, a thousand in one request, as fast as they are taken. */
function flooding(port: number): { readonly sent: () => number; readonly stop: () => Promise<void> } {
  let sent = 0;
  let isOver = false;
  const hex = (bytes: number) => crypto.getRandomValues(new Uint8Array(bytes)).toHex();
  const body = () => {
    const now = `${Date.now()}000000`;
    const span = () => ({
      traceId: hex(16),
      spanId: hex(8),
      name: "noise",
      kind: 2,
      startTimeUnixNano: now,
      endTimeUnixNano: now,
    });
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "odd" } }] };
    const scopeSpans = [{ spans: Array.from({ length: 1000 }, span) }];
    return JSON.stringify({ resourceSpans: [{ resource, scopeSpans }] });
  };
  const running = (async () => {
    while (!isOver) {
      const headers = { "content-type": "application/json" };
      const request = fetch(`http://127.0.0.1:${port}/v1/traces`, { method: "POST", headers, body: body() });
      const response = await request.catch(() => undefined);
      if (response?.ok) sent += 1000;
      else await Bun.sleep(20);
    }
  })();
  return {
    sent: () => sent,
    stop: async () => {
      isOver = true;
      await running;
    },
  };
}
