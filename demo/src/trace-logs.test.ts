import { expect, test } from "bun:test";
import { findMissing } from "./trace-logs.ts";

const log = { service: "back", severity: "ERROR", body: "unexpected error", span: "Roll" };

test("what is expected must be there in full, and as often", () => {
  expect(findMissing([log], [{ ...log, body: "other" }, log])).toEqual([]);
  expect(findMissing([log, log], [log])).toEqual([log]);
  for (const field of ["service", "severity", "body", "span"] as const) {
    expect(findMissing([log], [{ ...log, [field]: "other" }])).toEqual([log]);
  }
});
