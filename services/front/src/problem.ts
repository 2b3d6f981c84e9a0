/** Errors as a client sees them: problem details of RFC 9457, each with the id of its trace. */
import { STATUS_CODES } from "node:http";
import { isSpanContextValid, trace } from "@opentelemetry/api";

/** One value that was refused. */
export interface FieldError {
  readonly in: "query" | "header" | "body";
  readonly field: string;
  /** What the value must be. */
  readonly rule: string;
  /** The line of a body with several lines, from 1. */
  readonly line?: number;
}

export interface Problem {
  /** An HTTP status. */
  readonly status: number;
  /** What happened, for people. */
  readonly detail?: string;
  /** The name of the gRPC status that was the cause. */
  readonly grpcStatus?: string;
  readonly errors?: readonly FieldError[];
  /** Response headers that belong to this problem, such as `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A route throws it to answer with this problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";

  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? `HTTP ${problem.status}`);
    this.problem = problem;
  }
}

/** A problem as JSON, with the id of the active trace. */
export interface ProblemBody {
  readonly type: "about:blank";
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  readonly instance: string;
  readonly trace_id?: string;
  readonly grpc_status?: string;
  readonly errors?: readonly FieldError[];
}

/**
 * @param instance The path of the request.
 * @see https://www.rfc-editor.org/rfc/rfc9457#section-3.1
 */
export function problemBody({ status, detail, grpcStatus, errors }: Problem, instance: string): ProblemBody {
  const span = trace.getActiveSpan()?.spanContext();
  return {
    type: "about:blank",
    // RFC 9457, 4.2.1: with "about:blank" the title is the phrase of the status. 499 has none in the registry.
    title: STATUS_CODES[status] ?? (status === 499 ? "Client Closed Request" : `HTTP ${status}`),
    status,
    ...(detail === undefined ? undefined : { detail }),
    instance,
    ...(span !== undefined && isSpanContextValid(span) ? { trace_id: span.traceId } : undefined),
    ...(grpcStatus === undefined ? undefined : { grpc_status: grpcStatus }),
    ...(errors === undefined ? undefined : { errors }),
  };
}

export function problemResponse(problem: Problem, instance: string): Response {
  return Response.json(problemBody(problem, instance), {
    status: problem.status,
    headers: { ...problem.headers, "content-type": "application/problem+json" },
  });
}
