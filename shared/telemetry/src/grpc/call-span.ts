/** One gRPC call on either side: its span and its metric, from the start to the one end. */
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
import type { Status } from "nice-grpc-common";
import { secondsSince } from "../durations.ts";
import { callHook } from "../hooks.ts";
import { ATTR_ERROR_TYPE, ATTR_RPC_REQUEST_HEADER, ATTR_RPC_STATUS_CODE } from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import { metadataAttributes } from "./attributes.ts";
import type { CalledMethod } from "./methods.ts";
import type { GrpcCallStart, GrpcTelemetryOptions } from "./options.ts";
import { grpcStatusRow } from "./status.ts";

/** What the two sides do differently. */
export interface CallSide {
  readonly name: "client" | "server";
  readonly telemetry: Telemetry;
  readonly options: GrpcTelemetryOptions;
  readonly durations: Histogram;
  readonly methodOf: (path: string) => CalledMethod;
}

export interface CallSpanEnd {
  readonly status: Status;
  /** What was thrown, for hooks and for the description. */
  readonly error?: unknown;
  /** True where the caller was never told a status, because it stopped reading: then nothing failed. */
  readonly untold?: boolean;
  /** An exception that the application did not mean as an answer. */
  readonly unexpected?: boolean;
  readonly attributes?: Attributes;
}

/** Where and as what a call's span starts. */
export interface CallSpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly links?: Link[];
  /** Attributes of this call besides those of its method. Asked for where somebody may see them. */
  readonly attributes?: () => Attributes;
}

/** A class, because there is one for each call. @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ */
export class CallSpan {
  readonly span: Span;
  /** The parent's context with the span in it. */
  readonly context: Context;
  readonly #side: CallSide;
  readonly #call: GrpcCallStart;
  readonly #method: CalledMethod;
  readonly #startedAt: number;
  #ended = false;

  constructor(side: CallSide, call: GrpcCallStart, start: CallSpanStart) {
    this.#side = side;
    this.#call = call;
    this.#method = side.methodOf(call.method.path);
    this.span = this.#startSpan(start);
    this.context = trace.setSpan(start.parent, this.span);
    this.#startedAt = performance.now();
  }

  /** Ends span and metric; later calls do nothing. */
  finish(end: CallSpanEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const isError = isErrorOf(this.#side, end);
    if (this.span.isRecording()) this.#writeEnd(end, isError);
    this.span.end();
    this.#side.durations.record(secondsSince(this.#startedAt), this.#method.durationAttributes(end.status, isError));
  }

  #startSpan({ kind, links, parent, attributes: own }: CallSpanStart): Span {
    const { name: side, options, telemetry } = this.#side;
    const call = this.#call;
    const method = this.#method;
    const attributes: Attributes = Object.assign({}, method.attributes, own?.());
    const { spanName, startAttributes, capturedRequestMetadata } = options;
    if (capturedRequestMetadata !== undefined) {
      Object.assign(attributes, metadataAttributes(call.metadata, capturedRequestMetadata, ATTR_RPC_REQUEST_HEADER));
    }
    if (startAttributes !== undefined) {
      Object.assign(
        attributes,
        callHook(`grpc ${side} startAttributes`, () => startAttributes(call), {}),
      );
    }
    const name =
      spanName === undefined
        ? method.name
        : callHook(`grpc ${side} spanName`, () => spanName(call, method.name), method.name);
    const span = links?.length ? { kind, attributes, links } : { kind, attributes };
    return telemetry.tracer.startSpan(name, span, parent);
  }

  #writeEnd(end: CallSpanEnd, isError: boolean): void {
    const { span } = this;
    const { name: side, options } = this.#side;
    const statusName = grpcStatusRow(end.status).name;
    span.setAttribute(ATTR_RPC_STATUS_CODE, statusName);
    if (isError) span.setAttribute(ATTR_ERROR_TYPE, statusName);
    if (end.attributes !== undefined) span.setAttributes(end.attributes);
    if (end.unexpected && end.error instanceof Error) span.recordException(end.error);
    const { endAttributes } = options;
    if (endAttributes !== undefined) {
      span.setAttributes(callHook(`grpc ${side} endAttributes`, () => endAttributes(this.#outcome(end)), {}));
    }
    const status = this.#status(end, isError);
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }

  #status(end: CallSpanEnd, isError: boolean): SpanStatus {
    const byTable = isError ? failure(end.error) : UNSET;
    const { name: side, options } = this.#side;
    const hook = options.spanStatus;
    if (hook === undefined) return byTable;
    return callHook(`grpc ${side} spanStatus`, () => hook(this.#outcome(end), { ...byTable }), byTable) ?? byTable;
  }

  #outcome({ status, error }: CallSpanEnd) {
    return { ...this.#call, status, error };
  }
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** The description is the message alone: the code has an attribute of its own. */
function failure(error: unknown): SpanStatus {
  const { details, message } = (error ?? {}) as { readonly details?: unknown; readonly message?: unknown };
  const description = typeof details === "string" ? details : message;
  return typeof description === "string" && description !== ""
    ? { code: SpanStatusCode.ERROR, message: description }
    : { code: SpanStatusCode.ERROR };
}

function isErrorOf({ name }: CallSide, { status, untold }: CallSpanEnd): boolean {
  const row = grpcStatusRow(status);
  return !untold && (name === "client" ? row.clientError : row.serverError);
}
