import { describe, expect, test } from "bun:test";
import { Status } from "nice-grpc-common";
import { GRPC_STATUS, grpcStatusRow } from "./attributes.ts";

/** The six statuses for which the server is to blame. @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
const SERVER_ERRORS = ["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"];

const CODES = Object.values(Status).filter((code): code is Status => typeof code === "number" && code >= 0);

describe("gRPC status -> span status", () => {
  test("has a row for each of the 17 codes and no other", () => {
    expect(CODES).toHaveLength(17);
    expect(Object.keys(GRPC_STATUS).map(Number)).toEqual(CODES.toSorted((a, b) => a - b));
  });

  test.each(CODES)("code %i", (code) => {
    const row = grpcStatusRow(code);
    expect(row.name).toBe(Status[code] as string);
    expect(row.clientError).toBe(code !== Status.OK);
    expect(row.serverError).toBe(SERVER_ERRORS.includes(row.name));
  });

  test("a code that gRPC does not define counts as UNKNOWN", () => {
    expect(grpcStatusRow(4711 as Status).name).toBe("UNKNOWN");
  });
});
