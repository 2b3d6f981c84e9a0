import { expect, test } from "bun:test";
import manifest from "../../shared/telemetry/package.json" with { type: "json" };

// A pack that failed leaves the packed manifest behind, and services then run what was compiled, not the sources.
// `bun pm pack` in shared/telemetry puts it right.
test("in the repository the telemetry package exports its sources", () => {
  const exported: Readonly<Record<string, unknown>> = manifest.exports;
  expect(Object.values(exported)).toEqual(Object.keys(exported).map(() => expect.stringMatching(/^\.\/src\/.*\.ts$/)));
});
