/** Which problem an error is. */
import { ClientError, Status } from "nice-grpc-common";
import { httpStatusOfGrpc, ownWordsOfGrpc } from "./grpc-status.ts";
import { type Problem, ProblemError } from "./problem.ts";

/** @returns `undefined` for an error that nobody planned for: it is for the log, not for the client. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof ClientError) return problemOfGrpc(error);
  // Only a client that went away aborts what it asked for, so nobody reads this.
  if (error instanceof Error && error.name === "AbortError") return { status: 499 };
  return undefined;
}

/** What a client is told of an error that nobody planned for. */
export const unexpectedProblem: Problem = {
  status: 500,
  detail: "An unexpected error. The trace tells more to those who run this service.",
};

function problemOfGrpc({ code, details }: ClientError): Problem {
  return {
    status: httpStatusOfGrpc[code],
    detail: ownWordsOfGrpc[code] ?? details,
    grpcStatus: Status[code],
    ...(code === Status.UNAVAILABLE ? { headers: { "retry-after": "1" } } : undefined),
  };
}
