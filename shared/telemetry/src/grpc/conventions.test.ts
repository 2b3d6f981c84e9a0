import { afterEach, describe, expect, setSystemTime, test } from "bun:test";
import { context, propagation, ROOT_CONTEXT } from "@opentelemetry/api";
import { createChannel, createClientFactory } from "nice-grpc";
import { ClientError, Metadata, ServerError, Status } from "nice-grpc-common";
import { withSpan } from "../span.ts";
import { startTestTelemetry, type TestSpan } from "../testing.ts";
import { GRPC_STATUS } from "./attributes.ts";
import { grpcClientTelemetry } from "./client.ts";
import { EchoDefinition, type EchoOptions, type EchoPair, startEcho } from "./echo.fixture.ts";

const pairs: EchoPair[] = [];
afterEach(async () => {
  setSystemTime();
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

const failWith = (code: Status) => async () => {
  throw new ServerError(code, "as asked");
};

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
describe("gRPC spans", () => {
  test("name, kind and attributes of both sides, joined", async () => {
    const pair = await start();
    await pair.api.unary({ text: "a" });
    const { client, server } = await spansOf(pair);
    expect(client).toMatchObject({ name: "test.v1.Echo/Unary", kind: "CLIENT", status: "UNSET" });
    expect(client.attributes).toEqual({
      "rpc.system.name": "grpc",
      "rpc.method": "test.v1.Echo/Unary",
      "rpc.status_code": "OK",
      "server.address": "127.0.0.1",
      "server.port": pair.port,
    });
    expect(server).toMatchObject({ name: "test.v1.Echo/Unary", kind: "SERVER", status: "UNSET" });
    expect(server.attributes).toEqual({
      "rpc.system.name": "grpc",
      "rpc.method": "test.v1.Echo/Unary",
      "rpc.status_code": "OK",
      "server.address": "127.0.0.1",
      "server.port": pair.port,
      "network.peer.address": "127.0.0.1",
      "network.peer.port": expect.any(Number) as unknown as number,
    });
    expect([server.traceId, server.parentSpanId, server.parentIsRemote]).toEqual([client.traceId, client.spanId, true]);
  });

  test("what a status says shows no secret of a URL", async () => {
    const pair = await start({
      behave: async () => {
        throw new ServerError(Status.INTERNAL, "cannot reach http://me:s3cret@h/?token=s3cret");
      },
    });
    await pair.api.unary({ text: "a" }).catch(() => {});
    const { client, server } = await spansOf(pair);
    const shown = "cannot reach http://REDACTED:REDACTED@h/?token=REDACTED";
    expect([client.statusMessage, server.statusMessage]).toEqual([shown, shown]);
  });

  const codes = Object.values(Status).filter((code): code is Status => typeof code === "number" && code > 0);
  test.each(codes.map((code) => [GRPC_STATUS[code].name, code] as const))(
    "%s: status, error.type and description by the tables",
    async (name, code) => {
      const pair = await start({ behave: failWith(code) });
      await pair.api.unary({ text: "a" }).catch(() => {});
      const { client, server } = await spansOf(pair);
      const { serverError } = GRPC_STATUS[code];
      expect([client.attributes["rpc.status_code"], server.attributes["rpc.status_code"]]).toEqual([name, name]);
      expect([client.status, client.statusMessage, client.attributes["error.type"]]).toEqual([
        "ERROR",
        "as asked",
        name,
      ]);
      expect([server.status, server.statusMessage, server.attributes["error.type"]]).toEqual(
        serverError ? ["ERROR", "as asked", name] : ["UNSET", undefined, undefined],
      );
      expect(server.events).toEqual([]);
    },
  );

  test("an exception that was not meant as an answer is UNKNOWN, and recorded on the server", async () => {
    const pair = await start({
      behave: async () => {
        throw new RangeError("a bug");
      },
    });
    await pair.api.unary({ text: "a" }).catch(() => {});
    const { client, server } = await spansOf(pair);
    expect([server.status, server.statusMessage, server.attributes["error.type"]]).toEqual([
      "ERROR",
      "a bug",
      "UNKNOWN",
    ]);
    expect(server.events.map((event) => event.attributes["exception.type"])).toEqual(["RangeError"]);
    expect([client.status, client.attributes["rpc.status_code"]]).toEqual(["ERROR", "UNKNOWN"]);
    expect(client.events).toEqual([]);
  });

  test.each([
    ["a number, as gRPC errors have", 5],
    ["a word, as system errors have", "ECONNREFUSED"],
  ])("the type of an exception is its class, also where it has a code that is %s", async (_, code) => {
    const pair = await start({
      behave: async () => {
        throw Object.assign(new RangeError("a bug"), { code });
      },
    });
    await pair.api.unary({ text: "a" }).catch(() => {});
    const { server } = await spansOf(pair);
    expect(server.events.map((event) => event.attributes["exception.type"])).toEqual(["RangeError"]);
  });

  test("a server that is not there is UNAVAILABLE", async () => {
    const inMemory = startTestTelemetry();
    const channel = createChannel("127.0.0.1:1");
    const api = createClientFactory().use(grpcClientTelemetry(inMemory.telemetry)).create(EchoDefinition, channel);
    const error = await api.unary({ text: "a" }).catch((thrown: unknown) => thrown);
    const [span] = await inMemory.waitForSpans(1);
    expect(error).toMatchObject({ code: Status.UNAVAILABLE });
    expect([span?.status, span?.attributes["error.type"]]).toEqual(["ERROR", "UNAVAILABLE"]);
    channel.close();
    await inMemory.shutdown();
  });

  test("baggage reaches the method, and nothing of our own is in the metadata", async () => {
    let seen: { baggage: string | undefined; keys: string[] } | undefined;
    const pair = await start({
      behave: async (call) => {
        const baggage = propagation.getActiveBaggage()?.getEntry("tenant")?.value;
        seen = { baggage, keys: [...call.metadata].map(([key]) => key) };
      },
    });
    const baggage = propagation.createBaggage({ tenant: { value: "a b" } });
    await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () => pair.api.unary({ text: "a" }));
    expect(seen?.baggage).toBe("a b");
    expect(seen?.keys.filter((key) => key.startsWith("baton"))).toEqual([]);
  });

  test("what the caller passed is not changed", async () => {
    const pair = await start();
    const metadata = Metadata({ "x-mine": "1" });
    await pair.api.unary({ text: "a" }, { metadata });
    expect([...metadata].map(([key]) => key)).toEqual(["x-mine"]);
  });

  test("a stream that is not read creates no span", async () => {
    const pair = await start();
    pair.api.serverStream({ text: "a" });
    await pair.api.unary({ text: "b" });
    const { client } = await spansOf(pair);
    expect([client.name, pair.clientSide.spans().length]).toEqual(["test.v1.Echo/Unary", 1]);
  });

  test("spans made in a streaming method, after an await, are its children", async () => {
    const pair: EchoPair = await start({
      behave: async () => {
        await Promise.resolve();
        withSpan(pair.serverSide.telemetry, "inside", () => {});
      },
    });
    for await (const _ of pair.api.serverStream({ text: "a" }));
    const [inside, server] = await pair.serverSide.waitForSpans(2);
    expect([inside?.name, inside?.parentSpanId]).toEqual(["inside", server?.spanId]);
  });
});

describe("a call that ends from outside", () => {
  /** Returns normally as soon as the call is over, as a method that takes note of the signal does. */
  const untilAborted = async ({ signal }: { signal: AbortSignal }) => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  };

  test("cancelled by its caller: CANCELLED on both sides, though the method returned normally", async () => {
    const abort = new AbortController();
    const pair = await start({
      behave: async (call) => {
        abort.abort();
        await untilAborted(call);
      },
    });
    await pair.api.unary({ text: "a" }, { signal: abort.signal }).catch(() => {});
    const { client, server } = await spansOf(pair);
    expect([client.attributes["rpc.status_code"], client.status]).toEqual(["CANCELLED", "ERROR"]);
    expect([server.attributes["rpc.status_code"], server.status]).toEqual(["CANCELLED", "UNSET"]);
  });

  test("out of time: DEADLINE_EXCEEDED on both sides, an error on both", async () => {
    const pair = await start({ behave: untilAborted });
    const metadata = Metadata({ "grpc-timeout": "60m" });
    const error = await pair.api.unary({ text: "a" }, { metadata, deadline: 60 }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ClientError);
    for (const { attributes, status } of Object.values(await spansOf(pair))) {
      expect([attributes["rpc.status_code"], status, attributes["error.type"]]).toEqual([
        "DEADLINE_EXCEEDED",
        "ERROR",
        "DEADLINE_EXCEEDED",
      ]);
    }
  });

  test.each([1, -1])("a caller that cancels while the system clock jumps by %i hours: CANCELLED", async (hours) => {
    const abort = new AbortController();
    const pair = await start({
      behave: async (call) => {
        setSystemTime(Date.now() + hours * 3_600_000);
        abort.abort();
        await untilAborted(call);
      },
    });
    const metadata = Metadata({ "grpc-timeout": "60S" });
    await pair.api.unary({ text: "a" }, { metadata, signal: abort.signal }).catch(() => {});
    const { server } = await spansOf(pair);
    expect(server.attributes["rpc.status_code"]).toBe("CANCELLED");
  });

  test("a method that never returns: its span ends with the call", async () => {
    const abort = new AbortController();
    const pair = await start({
      behave: () => {
        abort.abort();
        return new Promise(() => {});
      },
    });
    await pair.api.unary({ text: "a" }, { signal: abort.signal }).catch(() => {});
    const { server } = await spansOf(pair);
    expect(server.attributes["rpc.status_code"]).toBe("CANCELLED");
  });

  test("a reader that stops: CANCELLED, which is not an error, because it received no status", async () => {
    const pair = await start({ behave: untilAborted });
    for await (const _ of pair.api.serverStream({ text: "a" })) break;
    const { client, server } = await spansOf(pair);
    for (const { attributes, status } of [client, server]) {
      expect([attributes["rpc.status_code"], status, attributes["error.type"]]).toEqual([
        "CANCELLED",
        "UNSET",
        undefined,
      ]);
    }
  });
});

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/ */
describe("rpc.*.call.duration", () => {
  test("seconds, the buckets and the attributes of the conventions, one series a side", async () => {
    const pair = await start({ behave: failWith(Status.UNAVAILABLE) });
    for (let i = 0; i < 3; i++) await pair.api.unary({ text: "a" }).catch(() => {});
    await Promise.all([pair.clientSide.waitForSpans(3), pair.serverSide.waitForSpans(3)]);
    const failed = {
      "rpc.system.name": "grpc",
      "rpc.method": "test.v1.Echo/Unary",
      "rpc.status_code": "UNAVAILABLE",
      "error.type": "UNAVAILABLE",
    };
    const [client] = (await pair.clientSide.metrics()).filter(({ name }) => name === "rpc.client.call.duration");
    const [server] = (await pair.serverSide.metrics()).filter(({ name }) => name === "rpc.server.call.duration");
    expect([client?.unit, server?.unit]).toEqual(["s", "s"]);
    expect(client?.dataPoints.map(({ attributes }) => attributes)).toEqual([
      { ...failed, "server.address": "127.0.0.1", "server.port": pair.port },
    ]);
    expect(server?.dataPoints.map(({ attributes }) => attributes)).toEqual([failed]);
    for (const metric of [client, server]) {
      expect(metric?.dataPoints[0]?.value).toMatchObject({
        count: 3,
        buckets: { boundaries: [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] },
      });
    }
  });
});
