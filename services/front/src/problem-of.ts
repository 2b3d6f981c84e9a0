/** From an error to the problem that a client sees. */
import { ClientError, Status } from "nice-grpc-common";
import { httpStatusOfGrpc, ownWordsOfGrpc } from "./grpc-status.ts";
import { type Problem, ProblemError } from "./problem.ts";

/** @returns `undefined` for an unexpected error, which is for the log and not for the client. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ClientError) return problemOfGrpc(error);
  // Only a client that disconnected aborts its request, so nobody reads this answer.
  if (error instanceof Error && error.name === "AbortError") return { status: 499 };
  return undefined;
}

/** What a client sees of an unexpected error. */
export const unexpectedProblem: Problem = {
  status: 500,
  detail: "An unexpected error. The operators of this service find the cause in the trace.",
};

function problemOfGrpc({ code, details }: ClientError): Problem {
  return {
    status: httpStatusOfGrpc[code],
    detail: ownWordsOfGrpc[code] ?? details,
    grpcStatus: Status[code],
    ...(code === Status.UNAVAILABLE ? { headers: { "retry-after": "1" } } : undefined),
  };
}
