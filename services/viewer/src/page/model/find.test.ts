import { expect, test } from "bun:test";
import type { Span } from "@baton/trace-tree";
import { matcher } from "./find.ts";

const span: Span = {
  traceId: "t",
  spanId: "00f067aa0ba902b7",
  name: "GET /rolldice",
  kind: "server",
  service: "front",
  startMicros: 0,
  durationMicros: 1,
  status: "error",
  statusMessage: "the die is hot",
  attributes: { "http.response.status_code": 503 },
  resource: {},
  events: [{ name: "exception", timeMicros: 0, attributes: { "exception.type": "DieIsHot" } }],
  links: [],
};

test.each([
  ["ROLLDICE", true],
  ["front server", true],
  ["status_code=503", true],
  ["dieishot error", true],
  ["00f067aa", true],
  ["front 404", false],
])("%p: %p", (typed, found) => expect(matcher(typed)?.(span)).toBe(found));

test("blanks are an empty search", () => expect(matcher("  ")).toBeUndefined());
