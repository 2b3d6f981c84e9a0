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
import { endSpan, recordDuration } from "../guarded-tracer.ts";
import { callHook } from "../hooks.ts";
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
import { grpcStatusRow, metadataEntries, rpcMethod, statusAttributes } from "./attributes.ts";
import type { GrpcCallStart, GrpcTelemetryOptions } from "./options.ts";

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
    readonly request: HeaderCapture;
    readonly header: HeaderCapture;
    readonly trailer: HeaderCapture;
  };
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
  };
}

export interface CallSpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly links?: Link[];
  /** Attributes of this call alone. */
  readonly attributes?: Attributes;
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
  readonly #attributes: Attributes;
  readonly #startedAt: number;
  #ended = false;

  constructor(side: CallSide, call: GrpcCallStart, start: CallSpanStart) {
    const method = rpcMethod(call.method.path);
    this.#side = side;
    this.#call = call;
    this.#attributes = { ...side.attributes, [ATTR_RPC_METHOD]: method };
    this.span = this.#startSpan(method, start);
    this.context = trace.setSpan(start.parent, this.span);
    this.#startedAt = performance.now();
  }

  /** Puts the metadata that a client sends on the span, with the keys that carry the trace. */
  captureSent(metadata: Metadata): void {
    this.span.setAttributes(this.#side.captured.request(metadataEntries(metadata)));
  }

  /** Ends span and metric; later calls do nothing. */
  end(end: CallSpanEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const isError = isErrorOf(this.#side, end);
    const status = statusAttributes(end.status, isError);
    if (this.span.isRecording()) this.#writeEnd(end, status, isError);
    endSpan(this.span);
    const attributes = { ...this.#attributes, ...status };
    recordDuration(this.#side.durations, secondsSince(this.#startedAt), attributes, this.context);
  }

  #startSpan(method: string, { kind, links = [], parent, attributes: own }: CallSpanStart): Span {
    const { name: side, options, telemetry, captured } = this.#side;
    const call = this.#call;
    const attributes: Attributes = {
      ...this.#attributes,
      ...own,
      // A client's metadata is complete only when the trace has been written into it.
      ...(side === "server" && captured.request(metadataEntries(call.metadata))),
      ...callHook(`grpc ${side} startAttributes`, options.startAttributes, [call], {}),
    };
    const name = callHook(`grpc ${side} spanName`, options.spanName, [call, method], method);
    return telemetry.tracer.startSpan(name, { kind, attributes, links }, parent);
  }

  #writeEnd(end: CallSpanEnd, statusOfCall: Attributes, isError: boolean): void {
    const { span } = this;
    const { name: side, options } = this.#side;
    span.setAttributes({ ...statusOfCall, ...end.attributes });
    // Not the error itself: the SDK would take its `code` as the type, and the code of a gRPC error is a number.
    if (end.unexpected && isErrorObject(end.error)) span.recordException(exceptionOf(end.error));
    const outcome = { ...this.#call, status: end.status, error: end.error };
    span.setAttributes(callHook(`grpc ${side} endAttributes`, options.endAttributes, [outcome], {}));
    const byTable = isError ? failure(end) : UNSET;
    const status =
      callHook(`grpc ${side} spanStatus`, options.spanStatus, [outcome, { ...byTable }], undefined) ?? byTable;
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
