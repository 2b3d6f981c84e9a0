/** Responses that a method returned and that could not be sent: the SERVER span has the status that the caller got. */
import { afterEach, describe, expect, test } from "bun:test";
import { createChannel, createClientFactory, createServer, type ServiceImplementation } from "nice-grpc";
import { ClientError, Metadata, Status } from "nice-grpc-common";
import { startTestTelemetry } from "../testing.ts";
import { GRPC_STATUS } from "./attributes.ts";
import { codec, defineEcho, EchoDefinition, type Message } from "./echo.fixture.ts";
import { grpcClientTelemetry, grpcServerOptions, grpcServerTelemetry } from "./index.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** Not one of the responses of a method. */
const asked: Message = { text: "asked" };
/** JSON.stringify throws on it. */
const unencodable = { text: 1n } as unknown as Message;
const MAX_BYTES = 1000;
const tooLong: Message = { text: "x".repeat(MAX_BYTES) };

async function startServer(response: () => Message, options: { readonly sentHeader?: boolean } = {}) {
  const serverSide = startTestTelemetry();
  const server = createServer({
    ...grpcServerOptions(),
    "grpc.max_send_message_length": MAX_BYTES,
    "grpc.max_receive_message_length": MAX_BYTES,
  }).use(grpcServerTelemetry(serverSide.telemetry));
  const service: ServiceImplementation<typeof EchoDefinition> = {
    async unary(_request, context) {
      if (options.sentHeader) context.sendHeader();
      return response();
    },
    async *serverStream(request) {
      yield request;
      yield response();
    },
    async clientStream(requests) {
      for await (const _ of requests);
      return response();
    },
    async *bidi(requests) {
      for await (const _ of requests) yield response();
    },
  };
  server.add(EchoDefinition, service);
  const channel = createChannel(`127.0.0.1:${await server.listen("127.0.0.1:0")}`);
  const api = createClientFactory().create(EchoDefinition, channel);
  cleanups.push(async () => {
    channel.close();
    server.forceShutdown();
    await serverSide.shutdown();
  });
  return { api, channel, serverSide };
}

test("two middlewares on one server: each has its span", async () => {
  const serverSide = startTestTelemetry();
  const server = createServer(grpcServerOptions())
    .use(grpcServerTelemetry(serverSide.telemetry, { spanName: () => "outer" }))
    .use(grpcServerTelemetry(serverSide.telemetry, { spanName: () => "inner" }));
  server.add({ ...EchoDefinition, methods: { unary: EchoDefinition.methods.unary } }, { unary: async () => asked });
  const channel = createChannel(`127.0.0.1:${await server.listen("127.0.0.1:0")}`);
  cleanups.push(async () => {
    channel.close();
    server.forceShutdown();
    await serverSide.shutdown();
  });
  await createClientFactory().create(EchoDefinition, channel).unary(asked);
  const spans = await serverSide.waitForSpans(2);
  expect(spans.map(({ name, attributes }) => [name, attributes["rpc.status_code"]])).toEqual([
    ["inner", "OK"],
    ["outer", "OK"],
  ]);
});

type Api = Awaited<ReturnType<typeof startServer>>["api"];

async function* requests(...messages: Message[]) {
  yield* messages;
}

const kinds: readonly (readonly [string, (api: Api) => Promise<unknown>])[] = [
  ["unary", (api) => api.unary(asked)],
  ["server streaming", (api) => Array.fromAsync(api.serverStream(asked))],
  ["client streaming", (api) => api.clientStream(requests(asked))],
  ["bidirectional", (api) => Array.fromAsync(api.bidi(requests(asked)))],
];

const failures: readonly (readonly [string, Message, string, string])[] = [
  ["cannot be encoded", unencodable, "INTERNAL", "Error serializing response"],
  ["is too long", tooLong, "RESOURCE_EXHAUSTED", "Sent message larger than max"],
];

describe.each(kinds)("%s", (_, call) => {
  test.each(failures)("a response that %s", async (_what, message, status, details) => {
    const { api, serverSide } = await startServer(() => message);
    const error = await call(api).catch((thrown: unknown) => thrown);
    if (!(error instanceof ClientError)) throw new Error("the call did not fail");
    expect(GRPC_STATUS[error.code].name).toBe(status);
    const [span] = await serverSide.waitForSpans(1);
    expect(span?.attributes["rpc.status_code"]).toBe(status);
    const isError = GRPC_STATUS[error.code].serverError;
    expect([span?.status, span?.attributes["error.type"]]).toEqual(isError ? ["ERROR", status] : ["UNSET", undefined]);
    if (isError) expect(span?.statusMessage).toStartWith(details);
    const metrics = await serverSide.metrics();
    const [duration] = metrics.filter(({ name }) => name === "rpc.server.call.duration");
    expect(duration?.dataPoints.map(({ attributes }) => attributes["rpc.status_code"])).toEqual([status]);
  });
});

test("a method that returns nothing: the span has the status that nice-grpc sends", async () => {
  const { api, serverSide } = await startServer(() => undefined as unknown as Message);
  await api.unary(asked).catch(() => {});
  const [span] = await serverSide.waitForSpans(1);
  expect([span?.status, span?.attributes["rpc.status_code"]]).toEqual(["ERROR", "UNKNOWN"]);
});

test("a response that cannot be encoded after its header was sent", async () => {
  const { api, serverSide } = await startServer(() => unencodable, { sentHeader: true });
  await api.unary(asked).catch(() => {});
  const [span] = await serverSide.waitForSpans(1);
  expect(span?.attributes["rpc.status_code"]).toBe("INTERNAL");
});

describe("a status that grpc-js sends by itself while the method runs", () => {
  /** A client that encodes its requests as plain text. */
  const { clientStream } = EchoDefinition.methods;
  const encode = ({ text }: Message) => ({ finish: () => new TextEncoder().encode(text) });
  const RawDefinition = {
    ...EchoDefinition,
    methods: { clientStream: { ...clientStream, requestType: { ...clientStream.requestType, encode } } },
  };

  test.each([
    ["a request in a stream cannot be decoded", "{", "INTERNAL"],
    ["a request in a stream is too long", JSON.stringify(tooLong), "RESOURCE_EXHAUSTED"],
  ])("%s", async (_, request, status) => {
    const { channel, serverSide } = await startServer(() => asked);
    const api = createClientFactory().create(RawDefinition, channel);
    const call = api.clientStream(requests({ text: JSON.stringify(asked) }, { text: request }));
    const error = await call.catch((thrown: unknown) => thrown);
    if (!(error instanceof ClientError)) throw new Error("the call did not fail");
    const [span] = await serverSide.waitForSpans(1);
    expect([GRPC_STATUS[error.code].name, span?.attributes["rpc.status_code"]]).toEqual([status, status]);
  });

  test("the deadline passes, which only the header names", async () => {
    const { api, serverSide } = await startServer(() => asked);
    const { promise: never } = Promise.withResolvers<Message>();
    async function* silent() {
      yield await never;
    }
    const call = api.clientStream(silent(), { metadata: Metadata({ "grpc-timeout": "50m" }) });
    expect(await call.catch((thrown: unknown) => thrown)).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
    const [span] = await serverSide.waitForSpans(1);
    expect([span?.status, span?.statusMessage]).toEqual(["ERROR", "Deadline exceeded"]);
  });
});

describe.each(kinds)("%s", (_, call) => {
  test("a response that the client cannot decode: INTERNAL for the client, OK for the server", async () => {
    const { channel, serverSide } = await startServer(() => ({ text: "not decoded" }));
    const clientSide = startTestTelemetry();
    const decode = (bytes: Uint8Array): Message => {
      const message: Message = JSON.parse(new TextDecoder().decode(bytes));
      if (message.text === "not decoded") throw new Error("cannot be decoded");
      return message;
    };
    const api = createClientFactory()
      .use(grpcClientTelemetry(clientSide.telemetry))
      .create(defineEcho({ ...codec, decode }), channel);
    await expect(call(api)).rejects.toBeInstanceOf(ClientError);
    const [[client], [server]] = await Promise.all([clientSide.waitForSpans(1), serverSide.waitForSpans(1)]);
    await clientSide.shutdown();
    expect([client?.status, client?.attributes["rpc.status_code"]]).toEqual(["ERROR", "INTERNAL"]);
    expect(server?.attributes["rpc.status_code"]).toMatch(/^(OK|CANCELLED)$/);
  });
});
