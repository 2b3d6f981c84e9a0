import { expect, test } from "bun:test";
import { findMissing } from "./trace-logs.ts";

const log = { service: "back", severity: "ERROR", body: "unexpected error", span: "Roll" };

test("every field must match, and a record that is expected twice must be there twice", () => {
  expect(findMissing([log], [{ ...log, body: "other" }, log])).toEqual([]);
  expect(findMissing([log, log], [log])).toEqual([log]);
  for (const field of ["service", "severity", "body", "span"] as const) {
    expect(findMissing([log], [{ ...log, [field]: "other" }])).toEqual([log]);
  }
});
