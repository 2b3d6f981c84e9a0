/** One gRPC call, on the client or the server: its span and its metric, from start to end. */
import {
  type Attributes,
  type Context,
  type Histogram,
  type Link,
  type Span,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import type { Metadata, Status } from "nice-grpc-common";
import { createHeaderCapture, type HeaderCapture } from "../captured-headers.ts";
import { createDurationHistogram, secondsSince } from "../durations.ts";
import { endSpan, record, startSpan } from "../guarded-tracer.ts";
import { guardHook } from "../hooks.ts";
import { redactSecrets } from "../redact.ts";
import {
  ATTR_RPC_METHOD,
  ATTR_RPC_REQUEST_HEADER,
  ATTR_RPC_RESPONSE_HEADER,
  ATTR_RPC_RESPONSE_TRAILER,
  ATTR_RPC_SYSTEM_NAME,
  RPC_SYSTEM_NAME_VALUE_GRPC,
} from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import { exceptionOf, isErrorObject, textOf } from "../thrown.ts";
import { grpcStatusRow, metadataEntries, rpcMethod, writeStatus } from "./attributes.ts";
import { type GrpcCallStart, type GrpcTelemetryOptions, isApplicationCall } from "./options.ts";

/** What all calls of one middleware have in common. */
export interface CallSide {
  readonly name: "client" | "server";
  readonly telemetry: Telemetry;
  readonly options: GrpcTelemetryOptions;
  readonly durations: Histogram;
  /** Attributes of every call, on span and metric. */
  readonly attributes: Attributes;
  /** Which metadata to put on the span. */
  readonly captured: {
    readonly request: HeaderCapture | undefined;
    readonly header: HeaderCapture | undefined;
    readonly trailer: HeaderCapture | undefined;
  };
  /** The user's hooks; their defaults where there is none. */
  readonly hooks: Required<
    Pick<GrpcTelemetryOptions, "filter" | "spanName" | "spanStatus" | "startAttributes" | "endAttributes">
  >;
}

export function createCallSide(
  name: "client" | "server",
  telemetry: Telemetry,
  options: GrpcTelemetryOptions,
  attributes: Attributes = {},
): CallSide {
  const { capturedRequestMetadata = [], capturedResponseMetadata = [], capturedTrailers = [] } = options;
  const direction = name === "client" ? "outbound" : "inbound";
  const description = `Duration of an ${direction} remote procedure call.`;
  return {
    name,
    telemetry,
    options,
    durations: createDurationHistogram(telemetry.meter, `rpc.${name}.call.duration`, description),
    attributes: { [ATTR_RPC_SYSTEM_NAME]: RPC_SYSTEM_NAME_VALUE_GRPC, ...attributes },
    captured: {
      request: createHeaderCapture(capturedRequestMetadata, ATTR_RPC_REQUEST_HEADER, redactSecrets),
      header: createHeaderCapture(capturedResponseMetadata, ATTR_RPC_RESPONSE_HEADER, redactSecrets),
      trailer: createHeaderCapture(capturedTrailers, ATTR_RPC_RESPONSE_TRAILER, redactSecrets),
    },
    hooks: {
      filter: guardHook(`grpc ${name} filter`, options.filter ?? isApplicationCall, () => true),
      spanName: guardHook(`grpc ${name} spanName`, options.spanName, (_call, defaultName) => defaultName),
      spanStatus: guardHook(`grpc ${name} spanStatus`, options.spanStatus, () => undefined),
      startAttributes: guardHook(`grpc ${name} startAttributes`, options.startAttributes, noAttributes),
      endAttributes: guardHook(`grpc ${name} endAttributes`, options.endAttributes, noAttributes),
    },
  };
}

const NO_ATTRIBUTES: Attributes = {};
const noAttributes = (): Attributes => NO_ATTRIBUTES;

export interface CallSpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly links?: Link[];
  /** Attributes of this call alone, for the span. */
  readonly attributesOf?: () => Attributes;
}

export interface CallSpanEnd {
  readonly status: Status;
  /** The text that was sent with the status. */
  readonly details?: string;
  /** What was thrown. Hooks receive it, and its message is the description of the span's status. */
  readonly error?: unknown;
  /** True where the caller stopped reading, and so received no status. Then nothing failed. */
  readonly stoppedReading?: boolean;
  /** True for an exception that is not a gRPC error, so that it is recorded with its stack. */
  readonly unexpected?: boolean;
  readonly attributes?: Attributes;
}

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ */
export class CallSpan {
  readonly span: Span;
  /** The parent's context with the span in it. */
  readonly context: Context;
  readonly #side: CallSide;
  readonly #call: GrpcCallStart;
  /** The attributes of the metric so far. */
  readonly #metric: Attributes;
  readonly #startedAt: number;
  #ended = false;

  constructor(side: CallSide, call: GrpcCallStart, start: CallSpanStart) {
    const method = rpcMethod(call.method.path);
    this.#side = side;
    this.#call = call;
    this.#metric = { ...side.attributes, [ATTR_RPC_METHOD]: method };
    const { kind, links = [], parent } = start;
    const name = side.hooks.spanName(call, method);
    this.span = startSpan(side.telemetry, name, { kind, links }, parent, () => this.#startAttributes(start));
    this.context = trace.setSpan(parent, this.span);
    this.#startedAt = performance.now();
  }

  /** Puts the metadata that a client sends on the span, with the keys that carry the trace. */
  captureSent(metadata: Metadata): void {
    const { request: capture } = this.#side.captured;
    if (capture) this.span.setAttributes(capture(metadataEntries(metadata)));
  }

  /** Ends span and metric; later calls do nothing. */
  end(end: CallSpanEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const isError = isErrorOf(this.#side, end);
    if (this.span.isRecording()) this.#writeEnd(end, isError);
    endSpan(this.span);
    writeStatus(this.#metric, end.status, isError);
    record(this.#side.durations, secondsSince(this.#startedAt), this.#metric, this.context);
  }

  #startAttributes({ attributesOf }: CallSpanStart): Attributes {
    const { name, hooks, captured } = this.#side;
    const attributes = { ...attributesOf?.(), ...this.#metric };
    // A client's metadata is complete only when the trace has been written into it.
    if (captured.request && name === "server") {
      Object.assign(attributes, captured.request(metadataEntries(this.#call.metadata)));
    }
    return Object.assign(attributes, hooks.startAttributes(this.#call));
  }

  #writeEnd(end: CallSpanEnd, isError: boolean): void {
    const { span } = this;
    const { hooks } = this.#side;
    span.setAttributes(writeStatus({ ...end.attributes }, end.status, isError));
    // Not the error itself: the SDK would take its `code` as the type, and the code of a gRPC error is a number.
    if (end.unexpected && isErrorObject(end.error)) span.recordException(exceptionOf(end.error));
    const outcome = { ...this.#call, status: end.status, error: end.error };
    span.setAttributes(hooks.endAttributes(outcome));
    const byTable = isError ? failure(end) : UNSET;
    const status = hooks.spanStatus(outcome, { ...byTable }) ?? byTable;
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** The description is the message alone: the code has an attribute of its own. */
function failure({ error, details: sent }: CallSpanEnd): SpanStatus {
  const description = textOf(error, "details") || textOf(error, "message") || sent;
  return description
    ? { code: SpanStatusCode.ERROR, message: redactSecrets(description) }
    : { code: SpanStatusCode.ERROR };
}

function isErrorOf({ name }: CallSide, { status, stoppedReading }: CallSpanEnd): boolean {
  const row = grpcStatusRow(status);
  return !stoppedReading && (name === "client" ? row.clientError : row.serverError);
}
