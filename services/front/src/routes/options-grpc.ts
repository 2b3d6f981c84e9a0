/** The options of a gRPC client, and the texts of those of a gRPC server, which back has. */
import type { GrpcClientTelemetryOptions } from "@baton/telemetry/grpc";
import { SpanStatusCode } from "@opentelemetry/api";
import { Status } from "nice-grpc-common";
import type { OptionText } from "./options.ts";

export interface GrpcClientOption {
  readonly text: OptionText;
  readonly options: GrpcClientTelemetryOptions;
  /** @default "ann" */
  readonly player?: string;
}

export const grpcClientOptions: readonly GrpcClientOption[] = [
  {
    text: {
      name: "captured-request-metadata",
      option: 'capturedRequestMetadata: { include: ["x-dice-*"], exclude: ["x-dice-secret"] }',
      look: "rpc.request.header.x-dice-table on the CLIENT span, and no x-dice-secret.",
      why: "What was sent, as it was sent. This is how the wire of this page is made.",
    },
    options: { capturedRequestMetadata: { include: ["x-dice-*"], exclude: ["x-dice-secret"] } },
  },
  {
    text: {
      name: "captured-response-metadata",
      option: 'capturedResponseMetadata: ["x-dice-region"]',
      look: "rpc.response.header.x-dice-region on the CLIENT span.",
      why: "Which instance or region has answered.",
    },
    options: { capturedResponseMetadata: ["x-dice-region"] },
  },
  {
    text: {
      name: "captured-trailers",
      option: 'capturedTrailers: ["x-dice-cost"]',
      look: "rpc.response.trailer.x-dice-cost on the CLIENT span.",
      why: "What is known only at the end of a call, such as its cost.",
    },
    options: { capturedTrailers: ["x-dice-cost"] },
  },
  {
    text: {
      name: "span-name",
      option: 'spanName: (call, name) => name + " by front"',
      look: "The name of the CLIENT span ends with by front.",
      why: "Where one method does many things, and the metadata says which.",
    },
    options: { spanName: (_call, name) => `${name} by front` },
  },
  {
    text: {
      name: "span-status",
      option:
        "spanStatus: ({ status }) => status === Status.PERMISSION_DENIED ? { code: SpanStatusCode.UNSET } : undefined",
      look: "back refuses mallory, and the status of the CLIENT span is unset. By the conventions it would be ERROR.",
      why: "A refusal that you expect should not count among your errors.",
    },
    options: {
      spanStatus: ({ status }) => (status === Status.PERMISSION_DENIED ? { code: SpanStatusCode.UNSET } : undefined),
    },
    player: "mallory",
  },
  {
    text: {
      name: "start-attributes",
      option: 'startAttributes: ({ method }) => ({ "dice.method": method.path })',
      look: "dice.method on the CLIENT span.",
      why: "A sampler sees the attributes of the start.",
    },
    options: { startAttributes: ({ method }) => ({ "dice.method": method.path }) },
  },
  {
    text: {
      name: "end-attributes",
      option: 'endAttributes: ({ status }) => ({ "dice.ok": status === Status.OK })',
      look: "dice.ok on the CLIENT span.",
      why: "What the outcome means for your own business.",
    },
    options: { endAttributes: ({ status }) => ({ "dice.ok": status === Status.OK }) },
  },
  {
    text: {
      name: "target",
      option: 'target: "dice.internal:50051"',
      look: "server.address and server.port on the CLIENT span.",
      why: "nice-grpc does not tell a middleware which address it calls.",
    },
    options: { target: "dice.internal:50051" },
  },
  {
    text: {
      name: "filter",
      option: "filter: () => false",
      look: "There is no CLIENT span, and back begins a trace of its own.",
      why: "For calls that come every second and say nothing.",
    },
    options: { filter: () => false },
  },
];

export interface GrpcServerOption {
  readonly text: OptionText;
  /** @default "ann" */
  readonly player?: string;
}

/** Each name is a service of back: `baton.lab.v1.SpanName` for `span-name`. The options are in its `option-services.ts`. */
export const grpcServerOptionNames: readonly GrpcServerOption[] = [
  {
    text: {
      name: "captured-request-metadata",
      option: 'capturedRequestMetadata: { include: ["x-dice-*"], exclude: ["x-dice-secret"] }',
      look: "rpc.request.header.x-dice-table on back's SERVER span, and no x-dice-secret.",
      why: "What arrived, whatever the caller says that it sent.",
    },
  },
  {
    text: {
      name: "captured-response-metadata",
      option: 'capturedResponseMetadata: ["x-dice-region"]',
      look: "rpc.response.header.x-dice-region on back's SERVER span.",
      why: "Which instance or region has answered.",
    },
  },
  {
    text: {
      name: "captured-trailers",
      option: 'capturedTrailers: ["x-dice-cost"]',
      look: "rpc.response.trailer.x-dice-cost on back's SERVER span.",
      why: "What is known only at the end of a call, such as its cost.",
    },
  },
  {
    text: {
      name: "span-name",
      option: 'spanName: (call, name) => "v2 " + name',
      look: "The name of back's SERVER span begins with v2.",
      why: "Where one method does many things, and the metadata says which.",
    },
  },
  {
    text: {
      name: "span-kind",
      option: "spanKind: () => SpanKind.CONSUMER",
      look: "The kind of back's span is CONSUMER.",
      why: "A call that delivers a message is a consumer's.",
    },
  },
  {
    text: {
      name: "span-status",
      option:
        "spanStatus: ({ status }) => status === Status.PERMISSION_DENIED ? { code: SpanStatusCode.ERROR } : undefined",
      look: "back refuses mallory, and the status of its SERVER span is ERROR. By the conventions it would be unset.",
      why: "Where nobody should ever be refused, a refusal is a fault.",
    },
    player: "mallory",
  },
  {
    text: {
      name: "start-attributes",
      option: 'startAttributes: ({ method }) => ({ "dice.method": method.path })',
      look: "dice.method on back's SERVER span.",
      why: "A sampler sees the attributes of the start.",
    },
  },
  {
    text: {
      name: "end-attributes",
      option: 'endAttributes: ({ status }) => ({ "dice.ok": status === Status.OK })',
      look: "dice.ok on back's SERVER span.",
      why: "What the outcome means for your own business.",
    },
  },
  {
    text: {
      name: "trust-restart",
      option: 'trust: "restart"',
      look: "The trace ends at the CLIENT span. back's trace is another one, with a link to this one.",
      why: "At the edge anybody can send a traceparent.",
    },
  },
  {
    text: {
      name: "trust-ignore",
      option: 'trust: "ignore"',
      look: "The trace ends at the CLIENT span. back's trace has no link to it.",
      why: "For callers of whom you want to keep nothing, not even an id.",
    },
  },
  {
    text: {
      name: "filter",
      option: "filter: () => false",
      look: "There is no SERVER span: the trace ends at the CLIENT span.",
      why: "Health checks and reflection are left out by default, in this way.",
    },
  },
];
