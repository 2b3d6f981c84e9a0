/** Calls to back for the endpoints of gRPC options. */
import { DiceServiceDefinition } from "@baton/proto/baton/dice/v1";
import type { Telemetry } from "@baton/telemetry";
import { type GrpcClientTelemetryOptions, grpcClientTelemetry } from "@baton/telemetry/grpc";
import { createChannel, createClientFactory } from "nice-grpc";
import { deadlineMiddleware } from "nice-grpc-client-middleware-deadline";
import { ClientError, Metadata, Status } from "nice-grpc-common";
import type { OptionText } from "./options.ts";

/** Rolls once, and answers with the text of the option and the status of the call. */
type Call = (request: Request, text: OptionText, player?: string) => Promise<Response>;

const timeoutMs = 2000;

export function createGrpcCalls(telemetry: Telemetry, address: string, captured: GrpcClientTelemetryOptions) {
  const channel = createChannel(address);
  const callTo = (serviceName: string, options: GrpcClientTelemetryOptions): Call => {
    const client = createClientFactory()
      .use(deadlineMiddleware)
      .use(grpcClientTelemetry(telemetry, { ...captured, ...options }))
      // The same methods under another name: back gives each of these services options of its own.
      .create({ ...DiceServiceDefinition, fullName: `baton.lab.v1.${serviceName}` }, channel);
    return async ({ headers, signal }, text, player = "ann") => {
      const sent = [...headers].filter(([name]) => name.startsWith("x-dice-"));
      const roll = client.roll(
        { player, rolls: 1, sides: 6 },
        { metadata: Metadata(sent), signal, deadline: new Date(Date.now() + timeoutMs) },
      );
      const status = await roll.then(() => Status.OK, codeOf);
      return Response.json({ ...text, answered: Status[status] });
    };
  };
  return {
    withOptions: (options: GrpcClientTelemetryOptions) => callTo("Plain", options),
    /** @param name `span-name` for the service `SpanName`. */
    toService: (name: string) => callTo(pascalCase(name), {}),
    close: () => channel.close(),
  };
}

function codeOf(error: unknown): Status {
  if (error instanceof ClientError) return error.code;
  throw error;
}

function pascalCase(name: string): string {
  return name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
