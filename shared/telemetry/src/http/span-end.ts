/** What both sides do when a request ends: status code, error type, the user's hooks, span status. */
import { type Attributes, type Span, type SpanStatus, SpanStatusCode } from "@opentelemetry/api";
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE } from "@opentelemetry/semantic-conventions";
import { callHook } from "../hooks.ts";
import { errorType } from "../span.ts";
import { responseHeaderAttributes } from "./headers.ts";
import type { HttpEnd, HttpTelemetryOptions } from "./options.ts";
import { isErrorStatus } from "./status.ts";

/** The client went away before it had the whole response. Nothing was thrown: it is here for its name and message. */
export class DisconnectedError extends Error {
  override readonly name = "ClientDisconnected";
  constructor() {
    super("the client closed the connection before the response was complete");
  }
}

/** The end of a request together with what decides its status. */
export interface RequestEnd extends HttpEnd {
  /** The status code that was sent or received, if one was. */
  readonly statusCode: number | undefined;
  /** False where what was thrown is no failure: somebody asked to stop. */
  readonly failed: boolean;
}

/**
 * `http.response.status_code` and `error.type`, the same on span and metric: the code where it is an error, else the
 * type of what was thrown.
 */
export function endAttributes(side: "client" | "server", end: RequestEnd): Attributes {
  const attributes: Attributes = {};
  const { statusCode } = end;
  if (statusCode !== undefined) attributes[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
  if (statusCode !== undefined && isErrorStatus(side, statusCode)) attributes[ATTR_ERROR_TYPE] = String(statusCode);
  else if (end.failed) attributes[ATTR_ERROR_TYPE] = errorType(end.error);
  return attributes;
}

/** Writes the end onto the span and ends it. */
export function endSpan(
  side: "client" | "server",
  span: Span,
  end: RequestEnd,
  attributes: Attributes,
  options: HttpTelemetryOptions,
): void {
  if (span.isRecording()) {
    span.setAttributes(attributes);
    if (options.capturedResponseHeaders !== undefined && end.response !== undefined) {
      span.setAttributes(responseHeaderAttributes(end.response.headers, options.capturedResponseHeaders));
    }
    const { endAttributes: hook } = options;
    if (hook !== undefined) span.setAttributes(callHook(`http ${side} endAttributes`, () => hook(end), {}));
    const isError = attributes[ATTR_ERROR_TYPE] !== undefined;
    if (end.failed && end.error instanceof Error && !(end.error instanceof DisconnectedError)) {
      span.recordException(end.error);
    }
    const status = spanStatus(side, end, isError, options);
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }
  span.end();
}

/** No description where the status code says it already. */
function spanStatus(
  side: "client" | "server",
  end: RequestEnd,
  isError: boolean,
  options: HttpTelemetryOptions,
): SpanStatus {
  const byTable: SpanStatus = !isError
    ? { code: SpanStatusCode.UNSET }
    : end.failed && end.error instanceof Error
      ? { code: SpanStatusCode.ERROR, message: end.error.message }
      : { code: SpanStatusCode.ERROR };
  const hook = options.spanStatus;
  if (hook === undefined) return byTable;
  return callHook(`http ${side} spanStatus`, () => hook(end, byTable), byTable) ?? byTable;
}
