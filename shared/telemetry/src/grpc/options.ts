/** Options for the spans of gRPC calls. A hook that throws is reported, and its default is used. */
import type { Attributes, SpanKind, SpanStatus } from "@opentelemetry/api";
import type { Metadata, MethodDescriptor, Status } from "nice-grpc-common";
import type { HeaderList } from "../captured-headers.ts";
import type { Trust } from "../propagation/index.ts";

/** A call as it begins. */
export interface GrpcCallStart {
  readonly method: MethodDescriptor;
  /** The metadata of the request. Do not change it. */
  readonly metadata: Metadata;
}

/** A call as it ended. */
export interface GrpcCallEnd extends GrpcCallStart {
  readonly status: Status;
  /** What was thrown, if anything was. */
  readonly error: unknown;
}

/** The options that the client and the server have in common. */
export interface GrpcTelemetryOptions {
  /** False: no span, no metric, nothing propagated. @default all calls but gRPC's own health and reflection */
  readonly filter?: (call: GrpcCallStart) => boolean;
  /** Must stay low in cardinality. @default `package.Service/Method` */
  readonly spanName?: (call: GrpcCallStart, defaultName: string) => string;
  /** Replaces the status of the conventions; `undefined` keeps it. @default the tables of `GRPC_STATUS` */
  readonly spanStatus?: (end: GrpcCallEnd, defaultStatus: SpanStatus) => SpanStatus | undefined;
  /** More attributes at the start. @default none */
  readonly startAttributes?: (call: GrpcCallStart) => Attributes;
  /** More attributes at the end. @default none */
  readonly endAttributes?: (end: GrpcCallEnd) => Attributes;
  /**
   * Metadata of the request to put on the span as `rpc.request.header.<key>`: a list of keys and globs, or one with
   * exclusions. A glob never selects a name that looks like a secret, such as `authorization`.
   * @example { include: ["x-req-*"], exclude: ["x-req-secret"] }
   * @default none
   */
  readonly capturedRequestMetadata?: HeaderList;
  /** Header of the response to put on the span as `rpc.response.header.<key>`; as above. @default none */
  readonly capturedResponseMetadata?: HeaderList;
  /** Trailer of the response to put on the span as `rpc.response.trailer.<key>`; as above. @default none */
  readonly capturedTrailers?: HeaderList;
}

export interface GrpcServerTelemetryOptions extends GrpcTelemetryOptions {
  /** @default SpanKind.SERVER */
  readonly spanKind?: (call: GrpcCallStart) => SpanKind;
  /** What to do with the trace that a caller sends. @default "continue" */
  readonly trust?: Trust;
}

export interface GrpcClientTelemetryOptions extends GrpcTelemetryOptions {
  /**
   * The channel's target, for `server.address` and `server.port`: nice-grpc does not give it to a middleware.
   * @default not recorded
   */
  readonly target?: string;
}

/** False for gRPC's own services: probes call them every few seconds. */
export function isApplicationCall({ method }: GrpcCallStart): boolean {
  return !method.path.startsWith("/grpc.health.") && !method.path.startsWith("/grpc.reflection.");
}
