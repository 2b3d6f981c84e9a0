import { afterEach, describe, expect, test } from "bun:test";
import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { Metadata, type Status } from "nice-grpc-common";
import type { TestSpan } from "../testing.ts";
import { GRPC_STATUS } from "./attributes.ts";
import { type EchoOptions, type EchoPair, startEcho } from "./echo.fixture.ts";

const pairs: EchoPair[] = [];
afterEach(async () => {
  for (const pair of pairs.splice(0)) await pair.stop();
});

async function start(options?: EchoOptions): Promise<EchoPair> {
  const pair = await startEcho(options);
  pairs.push(pair);
  return pair;
}

async function spansOf({ clientSide, serverSide }: EchoPair): Promise<{ client: TestSpan; server: TestSpan }> {
  const [[client], [server]] = await Promise.all([clientSide.waitForSpans(1), serverSide.waitForSpans(1)]);
  if (client === undefined || server === undefined) throw new Error("no span");
  return { client, server };
}

describe("options", () => {
  test("metadata is captured from the lists only: request, header and trailer", async () => {
    const pair = await start({
      behave: async (call) => {
        call.header.set("x-region", "eu");
        call.trailer.set("x-cost-bin", new Uint8Array([7]));
      },
      client: {
        capturedRequestMetadata: ["x-tenant"],
        capturedResponseMetadata: ["X-Region"],
        capturedTrailers: ["x-cost-bin"],
      },
      server: {
        capturedRequestMetadata: ["X-Tenant"],
        capturedResponseMetadata: ["x-region"],
        capturedTrailers: ["x-cost-bin"],
      },
    });
    await pair.api.unary({ text: "a" }, { metadata: Metadata({ "x-tenant": "a", "x-secret": "s" }) });
    for (const { attributes } of Object.values(await spansOf(pair))) {
      expect(attributes).toMatchObject({
        "rpc.request.header.x-tenant": ["a"],
        "rpc.response.header.x-region": ["eu"],
        "rpc.response.trailer.x-cost-bin": ["Bw=="],
      });
      expect(attributes).not.toHaveProperty(["rpc.request.header.x-secret"]);
    }
  });

  test("metadata is captured by globs and exclusions, on both sides, and never a credential by a glob", async () => {
    const captured = {
      capturedRequestMetadata: { include: ["x-req-*", "auth*"], exclude: ["x-req-secret*"] },
      capturedResponseMetadata: { include: ["*"], exclude: ["*-internal"] },
      capturedTrailers: ["x-?"],
    };
    const pair = await start({
      behave: async (call) => {
        call.header.set("x-region", "eu").set("x-internal", "no").set("set-cookie", "no");
        call.trailer.set("x-1", "a").set("x-22", "no");
      },
      client: captured,
      server: captured,
    });
    const metadata = Metadata({ "x-req-id": "1", "X-Req-Secret": "no", "x-other": "no", authorization: "no" });
    await pair.api.unary({ text: "a" }, { metadata });
    for (const { attributes } of Object.values(await spansOf(pair))) {
      expect(attributes).toMatchObject({
        "rpc.request.header.x-req-id": ["1"],
        "rpc.response.header.x-region": ["eu"],
        "rpc.response.trailer.x-1": ["a"],
      });
      expect(JSON.stringify(attributes)).not.toContain('"no"');
    }
  });

  test("the metadata that carries the trace is captured as it was sent, and as it arrived", async () => {
    const captured = { capturedRequestMetadata: ["traceparent"] };
    const pair = await start({ client: captured, server: captured });
    await pair.api.unary({ text: "a" }, { metadata: Metadata({ traceparent: "of another call" }) });
    const { client, server } = await spansOf(pair);
    const sent = [`00-${client.traceId}-${client.spanId}-03`];
    expect(client.attributes["rpc.request.header.traceparent"]).toEqual(sent);
    expect(server.attributes["rpc.request.header.traceparent"]).toEqual(sent);
  });

  test("hooks: filter, name, kind, attributes at start and end, status, on both sides", async () => {
    const hooks = (side: string) => ({
      spanName: (_call: unknown, name: string) => `${side}: ${name}`,
      startAttributes: () => ({ "app.start": side }),
      endAttributes: ({ status }: { status: Status }) => ({ "app.end": GRPC_STATUS[status].name }),
      spanStatus: () => ({ code: SpanStatusCode.ERROR, message: side }),
    });
    const pair = await start({
      client: hooks("client"),
      server: { ...hooks("server"), spanKind: () => SpanKind.CONSUMER },
    });
    await pair.api.unary({ text: "a" });
    const { client, server } = await spansOf(pair);
    expect(client).toMatchObject({ name: "client: test.v1.Echo/Unary", status: "ERROR", statusMessage: "client" });
    expect(server).toMatchObject({ name: "server: test.v1.Echo/Unary", kind: "CONSUMER", statusMessage: "server" });
    expect([client, server].map((span) => [span.attributes["app.start"], span.attributes["app.end"]])).toEqual([
      ["client", "OK"],
      ["server", "OK"],
    ]);
  });

  test("hooks that throw change nothing", async () => {
    const fail = () => {
      throw new Error("a mistake in a hook");
    };
    const hooks = { filter: fail, spanName: fail, startAttributes: fail, endAttributes: fail, spanStatus: fail };
    const pair = await start({ client: hooks, server: { ...hooks, spanKind: fail } });
    expect(await pair.api.unary({ text: "a" })).toEqual({ text: "a" });
    const { client, server } = await spansOf(pair);
    expect([client.kind, client.status, server.kind, server.status]).toEqual(["CLIENT", "UNSET", "SERVER", "UNSET"]);
  });

  test("a filtered call creates no span and propagates nothing", async () => {
    const sent: string[] = [];
    const pair = await start({
      behave: async (call) => {
        sent.push(...[...call.metadata].map(([key]) => key));
      },
      client: { filter: () => false },
    });
    const parent = trace.setSpanContext(ROOT_CONTEXT, {
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      spanId: "00f067aa0ba902b7",
      traceFlags: 1,
    });
    await context.with(parent, () => pair.api.unary({ text: "a" }));
    expect(pair.clientSide.spans()).toEqual([]);
    expect(sent).not.toContain("traceparent");
  });

  test("trust: restart links to the caller, ignore knows nothing of it", async () => {
    const restarted = await start({ server: { trust: "restart" } });
    await restarted.api.unary({ text: "a" });
    const { client, server } = await spansOf(restarted);
    expect(server.traceId).not.toBe(client.traceId);
    expect(server.links.map((link) => link.context.spanId)).toEqual([client.spanId]);

    const ignored = await start({ server: { trust: "ignore" } });
    await ignored.api.unary({ text: "a" });
    expect((await spansOf(ignored)).server.links).toEqual([]);
  });

  test("trust: restart drops the caller's baggage, restart-keep-baggage keeps it", async () => {
    const received = async (trust: "restart" | "restart-keep-baggage") => {
      let tenant: string | undefined;
      const pair = await start({
        behave: async () => {
          tenant = propagation.getActiveBaggage()?.getEntry("tenant")?.value;
        },
        server: { trust },
      });
      const baggage = propagation.createBaggage({ tenant: { value: "a" } });
      await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => pair.api.unary({ text: "a" }));
      return tenant;
    };
    expect(await received("restart")).toBeUndefined();
    expect(await received("restart-keep-baggage")).toBe("a");
  });
});
