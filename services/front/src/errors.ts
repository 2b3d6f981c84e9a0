/** The one place where an error becomes a response. */
import type { ServiceLog } from "@baton/service";
import { type Context, ValidationError } from "elysia";
import { type FieldError, type Problem, type ProblemBody, problemBody } from "./problem.ts";
import { problemOf, unexpectedProblem } from "./problem-of.ts";
import { requestPath } from "./request-path.ts";
import { ruleOf, type ValueSchema } from "./schemas.ts";
import { wholeMessage, wordErrors } from "./throw-message.ts";

interface ErrorContext {
  readonly code: string | number;
  readonly error: unknown;
  readonly request: Request;
  readonly set: Pick<Context["set"], "status" | "headers">;
}

/**
 * Elysia's `onError`. An unexpected error is written to the log; the client does not see it. It returns a value: of a
 * Response Elysia would make another one, whose body is a stream.
 */
export function answerErrors(log: ServiceLog) {
  return ({ code, error, request, set }: ErrorContext): ProblemBody => {
    const path = requestPath(request);
    const known = problemOf(error) ?? problemOfElysia(code, error);
    if (known === undefined) log.error({ err: error, path }, "unexpected error");
    const problem = known ?? unexpectedProblem;
    set.status = problem.status;
    Object.assign(set.headers, problem.headers, { "content-type": "application/problem+json" });
    return problemBody(problem, path);
  };
}

function problemOfElysia(code: string | number, error: unknown): Problem | undefined {
  if (code === "NOT_FOUND") return { status: 404, detail: "There is nothing here. GET / lists what there is." };
  // Elysia wraps what a parser of ours throws.
  if (code === "PARSE")
    return (
      problemOf(error instanceof Error ? error.cause : undefined) ?? { status: 400, detail: "The body cannot be read." }
    );
  if (error instanceof ValidationError && error.type !== "response") return problemOfValidation(error);
  return undefined;
}

/** Elysia would answer 422. RFC 9110 has 400 for a request that breaks the rules of the interface. */
function problemOfValidation(error: ValidationError): Problem {
  // A value can break several rules of its schema; `ruleOf` describes them together.
  const errors = new Map<string, FieldError>();
  for (const item of error.all) {
    if (!("path" in item)) continue;
    const schema: ValueSchema = item.schema;
    // Elysia gives no path for a number in a query that is out of range; see schemas.ts.
    const field = item.path.slice(1) || (schema.title ?? wholeMessage);
    if (!errors.has(field)) errors.set(field, { in: partOf(error, field), field, rule: ruleOf(schema) });
  }
  return { status: 400, detail: wordErrors([...errors.values()]), errors: [...errors.values()] };
}

function partOf({ type }: ValidationError, field: string): FieldError["in"] {
  if (type === "body") return "body";
  return type === "headers" || field === "request-timeout-ms" ? "header" : "query";
}
