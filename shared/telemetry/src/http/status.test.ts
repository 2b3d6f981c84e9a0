import { describe, expect, test } from "bun:test";
import { isErrorStatus } from "./request-span.ts";

/** @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status */
const ROWS: readonly (readonly [status: number, client: boolean, server: boolean])[] = [
  [100, false, false],
  [101, false, false],
  [200, false, false],
  [204, false, false],
  [301, false, false],
  [304, false, false],
  [400, true, false],
  [404, true, false],
  [422, true, false],
  [499, true, false],
  [500, true, true],
  [503, true, true],
  [599, true, true],
  [600, true, true],
  [99, true, true],
];

describe("HTTP status -> span status", () => {
  test.each(ROWS)("%i: error on the client %p, on the server %p", (status, client, server) => {
    expect(isErrorStatus("client", status)).toBe(client);
    expect(isErrorStatus("server", status)).toBe(server);
  });
});
