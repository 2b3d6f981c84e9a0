/** A service with one method of each kind, for tests: messages are JSON, so that no generated code is needed. */
import type { CallContext, ServiceImplementation } from "nice-grpc";
import { createChannel, createClientFactory, createServer } from "nice-grpc";
import { deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { startTestTelemetry, type TestTelemetry } from "../testing.ts";
import { grpcClientTelemetry } from "./client.ts";
import type { GrpcClientTelemetryOptions, GrpcServerTelemetryOptions } from "./options.ts";
import { grpcServerTelemetry } from "./server.ts";
import { grpcServerOptions } from "./server-interceptor.ts";

export interface Message {
  readonly text: string;
}

export const codec = {
  encode: (message: Message) => ({ finish: () => new TextEncoder().encode(JSON.stringify(message)) }),
  decode: (bytes: Uint8Array): Message => JSON.parse(new TextDecoder().decode(bytes)),
  fromPartial: (message: Partial<Message>): Message => ({ text: "", ...message }),
};

const method = <Name extends string, In extends boolean, Out extends boolean>(
  name: Name,
  requestStream: In,
  responseStream: Out,
  responseType: typeof codec,
) => ({ name, requestType: codec, requestStream, responseType, responseStream, options: {} }) as const;

export function defineEcho(response: typeof codec) {
  return {
    name: "Echo",
    fullName: "test.v1.Echo",
    methods: {
      unary: method("Unary", false, false, response),
      serverStream: method("ServerStream", false, true, response),
      clientStream: method("ClientStream", true, false, response),
      bidi: method("Bidi", true, true, response),
    },
  } as const;
}

export const EchoDefinition = defineEcho(codec);

/** What the methods do once they have been called. */
export type Behaviour = (context: CallContext) => Promise<void>;

/** Each method runs `behave` first, then answers with what it was sent. */
export function echo(behave: Behaviour): ServiceImplementation<typeof EchoDefinition> {
  return {
    async unary(request, context) {
      await behave(context);
      return request;
    },
    async *serverStream(request, context) {
      yield request;
      await behave(context);
      yield request;
    },
    async clientStream(requests, context) {
      await behave(context);
      const texts: string[] = [];
      for await (const { text } of requests) texts.push(text);
      return { text: texts.join() };
    },
    async *bidi(requests, context) {
      await behave(context);
      yield* requests;
    },
  };
}

export interface EchoOptions {
  readonly behave?: Behaviour;
  readonly server?: GrpcServerTelemetryOptions;
  readonly client?: GrpcClientTelemetryOptions;
}

/** A server and a client with telemetry of their own each, over a real socket. */
export async function startEcho({ behave = async () => {}, server = {}, client = {} }: EchoOptions = {}) {
  const serverSide: TestTelemetry = startTestTelemetry({ serviceName: "server" });
  const clientSide: TestTelemetry = startTestTelemetry({ serviceName: "client" });
  const grpcServer = createServer(grpcServerOptions()).use(grpcServerTelemetry(serverSide.telemetry, server));
  grpcServer.add(EchoDefinition, echo(behave));
  const port = await grpcServer.listen("127.0.0.1:0");
  const target = `127.0.0.1:${port}`;
  const channel = createChannel(target);
  const api = createClientFactory()
    .use(deadlineMiddleware)
    .use(grpcClientTelemetry(clientSide.telemetry, { target, ...client }))
    .create(EchoDefinition, channel);
  return {
    api,
    port,
    serverSide,
    clientSide,
    stop: async () => {
      channel.close();
      grpcServer.forceShutdown();
      await Promise.all([serverSide.shutdown(), clientSide.shutdown()]);
    },
  };
}

export type EchoPair = Awaited<ReturnType<typeof startEcho>>;
