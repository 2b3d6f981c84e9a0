/** One HTTP request on either side: its span and its metrics, from the start to the one end. */
import {
  type Attributes,
  type Context,
  type Link,
  type Span,
  type SpanKind,
  type SpanStatus,
  SpanStatusCode,
  trace,
} from "@opentelemetry/api";
import { secondsSince } from "../durations.ts";
import { callHook } from "../hooks.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_HEADER,
  ATTR_HTTP_RESPONSE_HEADER,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
} from "../semconv.ts";
import { errorType } from "../span.ts";
import type { Telemetry } from "../telemetry.ts";
import { headerAttributes, type StartAttributes } from "./attributes.ts";
import type { HttpInstruments } from "./instruments.ts";
import type { HttpEnd, HttpTelemetryOptions } from "./options.ts";
import { isErrorStatus } from "./status.ts";

/** What the two sides do differently. */
export interface HttpSide {
  readonly name: "client" | "server";
  readonly telemetry: Telemetry;
  readonly options: HttpTelemetryOptions;
  readonly instruments: HttpInstruments;
}

/** Where and as what a request's span starts. */
export interface RequestSpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly links: Link[];
  readonly name: string;
  readonly attributes: StartAttributes;
}

/** The end of a request with what decides its status. */
export interface RequestEnd extends Omit<HttpEnd, "request"> {
  /** The status code that was sent or received, if one was. */
  readonly statusCode: number | undefined;
  /** False where what was thrown is not a failure: the caller cancelled, or the application answered it. */
  readonly failed: boolean;
}

/** The client closed the connection before it had the whole response. Nothing is thrown: it names what happened. */
export class DisconnectedError extends Error {
  override readonly name = "ClientDisconnected";
  constructor() {
    super("the client closed the connection before the response was complete");
  }
}

/** A class, because there is one for each request. */
export class RequestSpan {
  readonly request: Request;
  readonly span: Span;
  /** The parent's context with the span in it. */
  readonly context: Context;
  /** The attributes of the metrics so far. */
  protected readonly metric: Attributes;
  readonly #side: HttpSide;
  readonly #activeAttributes: Attributes;
  readonly #startedAt = performance.now();
  #ended = false;

  constructor(side: HttpSide, request: Request, { kind, parent, links, name, attributes }: RequestSpanStart) {
    this.#side = side;
    this.request = request;
    this.#activeAttributes = attributes.metric;
    this.metric = { ...attributes.metric };
    const { capturedRequestHeaders = [], startAttributes } = side.options;
    const own = startAttributes && callHook(`http ${side.name} startAttributes`, () => startAttributes(request), {});
    const known: Attributes = {
      ...attributes.metric,
      ...attributes.span,
      ...headerAttributes(request.headers, capturedRequestHeaders, ATTR_HTTP_REQUEST_HEADER),
      ...own,
    };
    this.span = side.telemetry.tracer.startSpan(this.nameBy(name), { kind, attributes: known, links }, parent);
    this.context = trace.setSpan(parent, this.span);
    side.instruments.active?.add(1, this.#activeAttributes, this.context);
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Ends span and metrics; later calls do nothing. */
  end(end: RequestEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { name, instruments, options } = this.#side;
    const { statusCode, response } = end;
    const type = errorTypeOf(name, end);
    if (statusCode !== undefined) this.metric[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
    if (type !== undefined) this.metric[ATTR_ERROR_TYPE] = type;
    if (this.span.isRecording()) this.#writeEnd(end, type);
    this.span.end();
    instruments.active?.add(-1, this.#activeAttributes, this.context);
    instruments.duration.record(secondsSince(this.#startedAt), this.metric, this.context);
    if (options.bodySizes) instruments.recordSizes(this.request.headers, response?.headers, this.metric, this.context);
  }

  /** The name of the span: as the user's hook has it, else the default. */
  protected nameBy(defaultName: string): string {
    const { name, options } = this.#side;
    const { spanName } = options;
    if (spanName === undefined) return defaultName;
    return callHook(`http ${name} spanName`, () => spanName(this.request, defaultName), defaultName);
  }

  #writeEnd(end: RequestEnd, type: string | undefined): void {
    const { span, request } = this;
    const { name, options } = this.#side;
    const { capturedResponseHeaders = [], endAttributes, spanStatus } = options;
    const { statusCode, response, error, failed } = end;
    if (statusCode !== undefined) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
    if (type !== undefined) span.setAttribute(ATTR_ERROR_TYPE, type);
    if (response !== undefined) {
      span.setAttributes(headerAttributes(response.headers, capturedResponseHeaders, ATTR_HTTP_RESPONSE_HEADER));
    }
    const told: HttpEnd = { request, response, error };
    if (endAttributes !== undefined) {
      span.setAttributes(callHook(`http ${name} endAttributes`, () => endAttributes(told), {}));
    }
    if (failed && error instanceof Error && !(error instanceof DisconnectedError)) span.recordException(error);
    const byTable = type === undefined ? UNSET : failure(end);
    const status = spanStatus && callHook(`http ${name} spanStatus`, () => spanStatus(told, { ...byTable }), byTable);
    const { code } = status ?? byTable;
    if (code !== SpanStatusCode.UNSET) span.setStatus(status ?? byTable);
  }
}

/** `error.type`, the same on span and metric: the code where it is an error, else the type of what was thrown. */
function errorTypeOf(side: HttpSide["name"], { statusCode, failed, error }: RequestEnd): string | undefined {
  if (statusCode !== undefined && isErrorStatus(side, statusCode)) return String(statusCode);
  return failed ? errorType(error) : undefined;
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** No description where the status code says it already. */
function failure({ failed, error }: RequestEnd): SpanStatus {
  return failed && error instanceof Error
    ? { code: SpanStatusCode.ERROR, message: error.message }
    : { code: SpanStatusCode.ERROR };
}
