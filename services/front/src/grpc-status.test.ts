import { describe, expect, test } from "bun:test";
import { ClientError, Status } from "nice-grpc-common";
import { httpStatusOfGrpc } from "./grpc-status.ts";
import { problemOf } from "./problem-of.ts";

/** Code, name and HTTP status as google/rpc/code.proto lists them. */
const table: readonly (readonly [code: Status, name: string, http: number])[] = [
  [0, "OK", 200],
  [1, "CANCELLED", 499],
  [2, "UNKNOWN", 500],
  [3, "INVALID_ARGUMENT", 400],
  [4, "DEADLINE_EXCEEDED", 504],
  [5, "NOT_FOUND", 404],
  [6, "ALREADY_EXISTS", 409],
  [7, "PERMISSION_DENIED", 403],
  [8, "RESOURCE_EXHAUSTED", 429],
  [9, "FAILED_PRECONDITION", 400],
  [10, "ABORTED", 409],
  [11, "OUT_OF_RANGE", 400],
  [12, "UNIMPLEMENTED", 501],
  [13, "INTERNAL", 500],
  [14, "UNAVAILABLE", 503],
  [15, "DATA_LOSS", 500],
  [16, "UNAUTHENTICATED", 401],
];

test("the table has 17 rows and no more", () => {
  expect(Object.keys(httpStatusOfGrpc)).toEqual(table.map(([code]) => String(code)));
});

describe.each([...table])("%d %s", (code, name, http) => {
  test(`is HTTP ${http}`, () => {
    expect(Status[code]).toBe(name);
    expect(httpStatusOfGrpc[code]).toBe(http);
  });
});

describe.each(table.slice(1))("%d %s", (code, name, http) => {
  test("is a problem that names the gRPC status", () => {
    const problem = problemOf(new ClientError("/dice", code, "message of back"));
    expect(problem).toMatchObject({ status: http, grpcStatus: name });
  });
});

const hidden = new Set("CANCELLED UNKNOWN DEADLINE_EXCEEDED UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS".split(" "));

describe.each(table.slice(1))("the message of %d %s", (code, name) => {
  test(hidden.has(name) ? "is hidden from the client" : "is passed on", () => {
    const problem = problemOf(new ClientError("/dice", code, "connect ECONNREFUSED 10.0.0.7:50051"));
    expect(problem?.detail?.includes("10.0.0.7")).toBe(!hidden.has(name));
  });
});
