/** A batch that is written as bytes in several parts is one request. Against real receivers on this machine. */
import { afterAll, describe, expect, test } from "bun:test";
import type { Span } from "@opentelemetry/api";
import { BasicTracerProvider, type ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { closeAll, connect, delivered, serve, serveGrpc } from "./sender.fixture.ts";

afterAll(closeAll);

describe("a large batch", () => {
  const SPANS = 150;
  const provider = new BasicTracerProvider();
  /** Calls `written` when the span is written as bytes. */
  const makeSpans = (written: () => void = () => {}): ReadableSpan[] =>
    Array.from({ length: SPANS }, (_, index) => {
      const span = provider.getTracer("test").startSpan(`span ${index}`) as Span & ReadableSpan;
      const name = span.name;
      const get = (): string => {
        written();
        return name;
      };
      return Object.defineProperty(span, "name", { get });
    });

  test.each(["http/protobuf", "http/json", "grpc"])(
    "arrives in one request, with each span once, over %s",
    async (protocol) => {
      const bodies: Uint8Array[] = [];
      const receiver =
        protocol === "grpc"
          ? await serveGrpc(({ request }, reply) => {
              bodies.push(request);
              reply(null, Buffer.alloc(0));
            })
          : serve((_index, body) => {
              bodies.push(body);
              return new Response();
            });
      const spans = makeSpans();
      const { sender } = connect(receiver.url, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
      expect(await sender.send(spans)).toEqual(delivered);
      expect(bodies).toHaveLength(1);
      const encoding = protocol === "http/json" ? "utf8" : "hex";
      const text = Buffer.from(bodies[0] ?? []).toString(encoding);
      const counts = spans.map((span) => text.split(span.spanContext().spanId).length - 1);
      expect(counts).toEqual(spans.map(() => 1));
    },
  );

  test("is given up and not sent where the time to shut down is up meanwhile", async () => {
    const { url, requests } = serve(() => new Response());
    const { sender, timeIsUp } = connect(url);
    let written = 0;
    const outcome = sender.send(makeSpans(() => written++));
    timeIsUp.abort();
    const before = written;
    let isSettled = false;
    void outcome.then(() => {
      isSettled = true;
    });
    // No timer and no immediate: on a busy machine the process ends before either.
    for (let turn = 0; turn < 20; turn += 1) await null;
    expect(isSettled).toBe(true);
    expect(await outcome).toMatchObject({ ok: false, errorType: "shutdown" });
    // The process waits for this outcome, so the rest is not written as bytes either.
    expect(written).toBe(before);
    // Had it been sent, it would have arrived before this one is answered.
    expect(await connect(url).sender.send([])).toEqual(delivered);
    expect(requests()).toBe(1);
  });

  test("does not stop other work while it is written as bytes", async () => {
    const { url } = serve(() => new Response());
    let atOnce = 0;
    let most = 0;
    let sent = false;
    const otherWork = (): void => {
      atOnce = 0;
      if (!sent) setImmediate(otherWork);
    };
    otherWork();
    await connect(url).sender.send(
      makeSpans(() => {
        atOnce += 1;
        most = Math.max(most, atOnce);
      }),
    );
    sent = true;
    // The stock serializer may read a name more than once.
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(SPANS);
  });
});
