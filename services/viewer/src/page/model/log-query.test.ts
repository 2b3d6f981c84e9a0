import { expect, test } from "bun:test";
import { logApiQuery, readLogQuery, writeLogQuery } from "./log-query.ts";

test("an address gives back the query that was written, and an empty one is empty", () => {
  const query = { search: "die & roll", severity: "warn", service: "back", traceID: "1" };
  expect(readLogQuery(new URLSearchParams(writeLogQuery(query)))).toEqual(query);
  const nothing = readLogQuery(new URLSearchParams("other=1"));
  expect([writeLogQuery(nothing), logApiQuery(nothing)]).toEqual(["", "limit=200"]);
  expect(logApiQuery({ ...nothing, severity: "warn" })).toBe("severity=warn&limit=200");
});
