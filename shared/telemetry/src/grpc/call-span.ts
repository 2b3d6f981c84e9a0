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
import {
  ATTR_ERROR_TYPE,
  ATTR_RPC_METHOD,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  RPC_SYSTEM_NAME_VALUE_GRPC,
} from "@opentelemetry/semantic-conventions";
import type { Status } from "nice-grpc-common";
import { callHook } from "../hooks.ts";
import { secondsSince } from "../metrics.ts";
import { ATTR_RPC_REQUEST_HEADER } from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import { metadataAttributes, rpcMethod } from "./attributes.ts";
import type { GrpcCallStart, GrpcTelemetryOptions } from "./options.ts";
import { grpcStatusRow } from "./status.ts";

/** What the two sides do differently. */
export interface CallSide {
  readonly name: "client" | "server";
  readonly telemetry: Telemetry;
  readonly duration: Histogram;
  readonly options: GrpcTelemetryOptions;
}

export interface CallSpan {
  readonly span: Span;
  /** The parent's context with the span in it. */
  readonly context: Context;
  /** Ends span and metric; later calls do nothing. */
  readonly end: (end: CallSpanEnd) => void;
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
  /** Attributes for the span. */
  readonly attributes: Attributes;
  /** Attributes for the metric besides system, method and status. */
  readonly metricAttributes: Attributes;
}

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ */
export function startCallSpan(side: CallSide, call: GrpcCallStart, start: CallSpanStart): CallSpan {
  const { options, telemetry } = side;
  const method = rpcMethod(call.method.path);
  const attributes: Attributes = {
    [ATTR_RPC_SYSTEM_NAME]: RPC_SYSTEM_NAME_VALUE_GRPC,
    [ATTR_RPC_METHOD]: method,
  };
  Object.assign(attributes, start.attributes);
  const { spanName, startAttributes, capturedRequestMetadata } = options;
  if (capturedRequestMetadata !== undefined) {
    Object.assign(attributes, metadataAttributes(call.metadata, capturedRequestMetadata, ATTR_RPC_REQUEST_HEADER));
  }
  if (startAttributes !== undefined) {
    Object.assign(
      attributes,
      callHook(`grpc ${side.name} startAttributes`, () => startAttributes(call), {}),
    );
  }
  const name =
    spanName === undefined ? method : callHook(`grpc ${side.name} spanName`, () => spanName(call, method), method);
  const { kind, links, parent } = start;
  const span = telemetry.tracer.startSpan(
    name,
    links?.length ? { kind, attributes, links } : { kind, attributes },
    parent,
  );
  const active = trace.setSpan(parent, span);
  const startedAt = performance.now();
  let ended = false;
  return {
    span,
    context: active,
    end: (end) => {
      if (ended) return;
      ended = true;
      const metric = statusAttributes(side, end);
      endCallSpan(side, call, span, end, metric);
      metric[ATTR_RPC_SYSTEM_NAME] = RPC_SYSTEM_NAME_VALUE_GRPC;
      metric[ATTR_RPC_METHOD] = method;
      Object.assign(metric, start.metricAttributes);
      side.duration.record(secondsSince(startedAt), metric, active);
    },
  };
}

function endCallSpan(
  side: CallSide,
  call: GrpcCallStart,
  span: Span,
  end: CallSpanEnd,
  statusAttributes: Attributes,
): void {
  if (span.isRecording()) {
    span.setAttributes(statusAttributes);
    if (end.attributes !== undefined) span.setAttributes(end.attributes);
    if (end.unexpected && end.error instanceof Error) span.recordException(end.error);
    const outcome = { ...call, status: end.status, error: end.error };
    const { endAttributes } = side.options;
    if (endAttributes !== undefined) {
      span.setAttributes(callHook(`grpc ${side.name} endAttributes`, () => endAttributes(outcome), {}));
    }
    const status = spanStatus(side, call, end);
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }
  span.end();
}

function spanStatus(side: CallSide, call: GrpcCallStart, end: CallSpanEnd): SpanStatus {
  const byTable: SpanStatus = isError(side, end) ? failure(end.error) : { code: SpanStatusCode.UNSET };
  const hook = side.options.spanStatus;
  if (hook === undefined) return byTable;
  const outcome = { ...call, status: end.status, error: end.error };
  return callHook(`grpc ${side.name} spanStatus`, () => hook(outcome, byTable), byTable) ?? byTable;
}

/** The description is the message alone: the code has an attribute of its own. */
function failure(error: unknown): SpanStatus {
  const { details, message } = (error ?? {}) as { readonly details?: unknown; readonly message?: unknown };
  const description = typeof details === "string" ? details : message;
  return typeof description === "string" && description !== ""
    ? { code: SpanStatusCode.ERROR, message: description }
    : { code: SpanStatusCode.ERROR };
}

function statusAttributes(side: CallSide, end: CallSpanEnd): Attributes {
  const { name } = grpcStatusRow(end.status);
  return isError(side, end)
    ? { [ATTR_RPC_STATUS_CODE]: name, [ATTR_ERROR_TYPE]: name }
    : { [ATTR_RPC_STATUS_CODE]: name };
}

function isError(side: CallSide, end: CallSpanEnd): boolean {
  const row = grpcStatusRow(end.status);
  return !end.untold && (side.name === "client" ? row.clientError : row.serverError);
}
