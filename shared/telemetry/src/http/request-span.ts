/** One HTTP request, on the client or the server: its span and its metrics, from start to end. */
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
import { bodySize } from "../bun-quirks.ts";
import { createHeaderCapture, type HeaderCapture } from "../captured-headers.ts";
import { secondsSince } from "../durations.ts";
import { add, endSpan, record, startSpan } from "../guarded-tracer.ts";
import { guardHook } from "../hooks.ts";
import { createRedact, type Redact } from "../redact.ts";
import {
  ATTR_ERROR_TYPE,
  ATTR_HTTP_REQUEST_HEADER,
  ATTR_HTTP_RESPONSE_HEADER,
  ATTR_HTTP_RESPONSE_STATUS_CODE,
} from "../semconv.ts";
import type { Telemetry } from "../telemetry.ts";
import { errorType, exceptionOf, isErrorObject, type ThrownException } from "../thrown.ts";
import { headerEntries } from "./attributes.ts";
import { createHttpInstruments, type HttpInstruments, type Size } from "./instruments.ts";
import type { HttpEnd, HttpTelemetryOptions } from "./options.ts";

/** What all requests of one server, or of one `fetch`, have in common. */
export interface HttpSide {
  readonly name: "client" | "server";
  readonly telemetry: Telemetry;
  readonly options: HttpTelemetryOptions;
  readonly instruments: HttpInstruments;
  readonly redact: Redact;
  /** The user's hooks; their defaults where there is none. */
  readonly hooks: Required<Pick<HttpTelemetryOptions, "spanName" | "spanStatus" | "startAttributes" | "endAttributes">>;
  readonly captureRequest: HeaderCapture | undefined;
  readonly captureResponse: HeaderCapture | undefined;
}

export function createSide<Options extends HttpTelemetryOptions>(
  name: HttpSide["name"],
  telemetry: Telemetry,
  options: Options,
): HttpSide & { readonly options: Options } {
  const redact = createRedact(options.redactedQueryKeys);
  return {
    name,
    telemetry,
    options,
    redact,
    hooks: {
      spanName: guardHook(`http ${name} spanName`, options.spanName, (_request, defaultName) => defaultName),
      spanStatus: guardHook(`http ${name} spanStatus`, options.spanStatus, () => undefined),
      startAttributes: guardHook(`http ${name} startAttributes`, options.startAttributes, noAttributes),
      endAttributes: guardHook(`http ${name} endAttributes`, options.endAttributes, noAttributes),
    },
    instruments: createHttpInstruments(name, telemetry, options),
    captureRequest: createHeaderCapture(options.capturedRequestHeaders ?? [], ATTR_HTTP_REQUEST_HEADER, redact),
    captureResponse: createHeaderCapture(options.capturedResponseHeaders ?? [], ATTR_HTTP_RESPONSE_HEADER, redact),
  };
}

const NO_ATTRIBUTES: Attributes = {};
const noAttributes = (): Attributes => NO_ATTRIBUTES;

/** What a request's span starts with. */
export interface RequestSpanStart {
  readonly kind: SpanKind;
  readonly parent: Context;
  readonly links: Link[];
  readonly name: string;
  /** The attributes of the metrics, which the span has too. The span takes the object over. */
  readonly metric: Attributes;
  /** The other attributes of the span. */
  readonly attributesOf: () => Attributes;
}

/** The end of a request, and what decides the status of its span. */
export interface RequestEnd extends Omit<HttpEnd, "request"> {
  /** The status code that was sent or received, if one was. */
  readonly statusCode: number | undefined;
  /** False where what was thrown is not a failure: the caller cancelled, or the application answered it. */
  readonly failed: boolean;
  /** The size of a body that was sent as a stream, in bytes. */
  readonly bodyBytes?: number;
}

/** The client closed the connection before it had the whole response. Never thrown: it gives `error.type` its value. */
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
  context: Context;
  /** The attributes of the metrics so far. */
  protected readonly metric: Attributes;
  readonly #side: HttpSide;
  /** The later count must have the attributes of the first. */
  readonly #activeAttributes: Attributes = NO_ATTRIBUTES;
  readonly #startedAt = performance.now();
  readonly #requestSize: Size;
  #ended = false;

  constructor(side: HttpSide, request: Request, start: RequestSpanStart) {
    const { kind, parent, links, name, metric } = start;
    const { telemetry, hooks, instruments, options } = side;
    this.#side = side;
    this.request = request;
    this.metric = metric;
    const nameOfSpan = hooks.spanName(request, name);
    this.span = startSpan(telemetry, nameOfSpan, { kind, links }, parent, () => startAttributes(side, request, start));
    this.context = trace.setSpan(parent, this.span);
    this.#requestSize = options.bodySizes ? requestSize(side.name, request) : undefined;
    if (instruments.active) {
      this.#activeAttributes = { ...metric };
      add(instruments.active, 1, this.#activeAttributes, this.context);
    }
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Puts the headers that a client sends on the span, with those that carry the trace. */
  captureSent(): void {
    const { captureRequest } = this.#side;
    if (captureRequest) this.span.setAttributes(captureRequest(headerEntries(this.request.headers)));
  }

  /** Ends span and metrics; later calls do nothing. */
  end(end: RequestEnd): void {
    if (this.#ended) return;
    this.#ended = true;
    const { name, instruments, options } = this.#side;
    const { statusCode } = end;
    const type = errorTypeOf(name, end);
    if (statusCode !== undefined) this.metric[ATTR_HTTP_RESPONSE_STATUS_CODE] = statusCode;
    if (type !== undefined) this.metric[ATTR_ERROR_TYPE] = type;
    if (this.span.isRecording()) this.#writeEnd(end, type);
    endSpan(this.span);
    if (instruments.active) add(instruments.active, -1, this.#activeAttributes, this.context);
    record(instruments.duration, secondsSince(this.#startedAt), this.metric, this.context);
    if (options.bodySizes) this.#recordSizes(end);
  }

  #recordSizes(end: RequestEnd): void {
    const { name, instruments } = this.#side;
    instruments.recordSizes(this.#requestSize, responseSize(name, this.request, end), this.metric, this.context);
  }

  /** The name of the span: as the user's hook has it, else the default. */
  protected nameBy(defaultName: string): string {
    return this.#side.hooks.spanName(this.request, defaultName);
  }

  #writeEnd(end: RequestEnd, type: string | undefined): void {
    const { span, request } = this;
    const { hooks, redact, captureResponse } = this.#side;
    const { statusCode, response, error, failed } = end;
    if (statusCode !== undefined) span.setAttribute(ATTR_HTTP_RESPONSE_STATUS_CODE, statusCode);
    if (type !== undefined) span.setAttribute(ATTR_ERROR_TYPE, type);
    if (captureResponse && response) span.setAttributes(captureResponse(headerEntries(response.headers)));
    const outcome: HttpEnd = { request, response, error };
    span.setAttributes(hooks.endAttributes(outcome));
    const exception = failed && isErrorObject(error) ? exceptionOf(error, redact) : undefined;
    if (exception !== undefined && !(error instanceof DisconnectedError)) span.recordException(exception);
    const byTable = type === undefined ? UNSET : failure(exception);
    const status = hooks.spanStatus(outcome, { ...byTable }) ?? byTable;
    if (status.code !== SpanStatusCode.UNSET) span.setStatus(status);
  }
}

function startAttributes(
  { name, hooks, captureRequest }: HttpSide,
  request: Request,
  start: RequestSpanStart,
): Attributes {
  const attributes = Object.assign(start.attributesOf(), start.metric);
  // A client's headers are complete only when the trace has been written into them.
  if (captureRequest && name === "server") Object.assign(attributes, captureRequest(headerEntries(request.headers)));
  return Object.assign(attributes, hooks.startAttributes(request));
}

/** `error.type`, the same on span and metric: the code where it is an error, else the type of what was thrown. */
function errorTypeOf(side: HttpSide["name"], { statusCode, failed, error }: RequestEnd): string | undefined {
  if (statusCode !== undefined && isErrorStatus(side, statusCode)) return String(statusCode);
  return failed ? errorType(error) : undefined;
}

const UNSET: SpanStatus = { code: SpanStatusCode.UNSET };

/** No description where the status code says it already. */
function failure(exception: ThrownException | undefined): SpanStatus {
  return exception ? { code: SpanStatusCode.ERROR, message: exception.message } : { code: SpanStatusCode.ERROR };
}

/** A server sees a body only as it is read; a client has it before it is sent. */
function requestSize(side: HttpSide["name"], request: Request): Size {
  const length = contentLength(request.headers);
  if (length !== undefined || side === "server" || request.method === "GET" || request.method === "HEAD") return length;
  return bodySize(request);
}

function responseSize(side: HttpSide["name"], { method }: Request, end: RequestEnd): Size {
  const { response, statusCode, bodyBytes } = end;
  // Without a body, or Bun has sent another one in its place.
  if (response === undefined || method === "HEAD" || statusCode !== response.status) return undefined;
  return bodyBytes ?? contentLength(response.headers) ?? (side === "server" ? bodySize(response) : undefined);
}

function contentLength(headers: Headers): number | undefined {
  const length = headers.get("content-length") ?? "";
  return /^\d+$/.test(length) ? Number(length) : undefined;
}

/** Of each class of status code: does it make the span of that side an error? Exhaustive over RFC 9110 section 15. */
export const HTTP_STATUS_CLASS: Readonly<
  Record<1 | 2 | 3 | 4 | 5, { readonly client: boolean; readonly server: boolean }>
> = {
  1: { client: false, server: false },
  2: { client: false, server: false },
  3: { client: false, server: false },
  // The mistake of the caller: the request failed for the client, and the server is not at fault.
  4: { client: true, server: false },
  5: { client: true, server: true },
};

/** A code outside of 100-599 is not an HTTP status. It is an error on both sides. */
export function isErrorStatus(side: "client" | "server", status: number): boolean {
  const statusClass = HTTP_STATUS_CLASS[Math.floor(status / 100) as 1 | 2 | 3 | 4 | 5];
  return statusClass === undefined ? true : statusClass[side];
}
