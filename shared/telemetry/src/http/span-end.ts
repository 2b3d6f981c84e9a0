/** What both sides do when a request ends: status code, error type, the user's hooks, span status. */
import { type Span, type SpanStatus, SpanStatusCode } from "@opentelemetry/api";
import { callHook } from "../hooks.ts";
import { ATTR_ERROR_TYPE, ATTR_HTTP_RESPONSE_STATUS_CODE } from "../semconv.ts";
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

/** The end of a request with what decides its status. */
export interface RequestEnd extends Omit<HttpEnd, "request"> {
  /** The status code that was sent or received, if one was. */
  readonly statusCode: number | undefined;
  /** False where what was thrown is no failure: somebody asked to stop. */
  readonly failed: boolean;
}

/** `error.type`, the same on span and metric: the code where it is an error, else the type of what was thrown. */
export function errorTypeOf(side: "client" | "server", { statusCode, failed, error }: RequestEnd): string | undefined {
  if (statusCode !== undefined && isErrorStatus(side, statusCode)) return String(statusCode);
  return failed ? errorType(error) : undefined;
}

/** Writes the end onto the span and ends it. */
export function endSpan(
  side: "client" | "server",
  span: Span,
  request: Request,
  end: RequestEnd,
  errorType: string | undefined,
  options: HttpTelemetryOptions,
): void {
  if (span.isRecording()) {
    if (end.statusCode !== undefined) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, end.statusCode);
    if (errorType !== undefined) span.setAttribute(ATTR_ERROR_TYPE, errorType);
    if (options.capturedResponseHeaders !== undefined && end.response !== undefined) {
      span.setAttributes(responseHeaderAttributes(end.response.headers, options.capturedResponseHeaders));
    }
    const { endAttributes: hook } = options;
    if (hook !== undefined) {
      span.setAttributes(callHook(`http ${side} endAttributes`, () => hook({ ...end, request }), {}));
    }
    if (end.failed && end.error instanceof Error && !(end.error instanceof DisconnectedError)) {
      span.recordException(end.error);
    }
    const status = spanStatus(side, request, end, errorType !== undefined, options);
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }
  span.end();
}

/** No description where the status code says it already. */
function spanStatus(
  side: "client" | "server",
  request: Request,
  end: RequestEnd,
  isError: boolean,
  options: HttpTelemetryOptions,
): SpanStatus {
  const byTable = isError ? failure(end) : UNSET;
  const hook = options.spanStatus;
  if (hook === undefined) return byTable;
  return callHook(`http ${side} spanStatus`, () => hook({ ...end, request }, { ...byTable }), byTable) ?? byTable;
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

function failure({ failed, error }: RequestEnd): SpanStatus {
  return failed && error instanceof Error
    ? { code: SpanStatusCode.ERROR, message: error.message }
    : { code: SpanStatusCode.ERROR };
}
