/** The lock file must have one copy of the OpenTelemetry API and SDK. */
import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const lock = await Bun.file(fileURLToPath(new URL("../../bun.lock", import.meta.url))).text();

/** Each `name@version` of a package in the lock file. */
function copiesOf(name: string): readonly string[] {
  const resolutions = lock.matchAll(/^ {4}"[^"]+": \["([^"]+)"/gm);
  return [...new Set([...resolutions].flatMap(([, resolution]) => resolution ?? []))].filter((resolution) =>
    resolution.startsWith(`${name}@`),
  );
}

// Two copies of the API do not share their globals: spans of one are not visible for the other.
test.each([
  ["@opentelemetry/api", /@1\.9\.\d+$/],
  ["@opentelemetry/core", /@2\.12\.\d+$/],
  ["@opentelemetry/sdk-trace-base", /@2\.12\.\d+$/],
])("there is one copy of %s, of the pinned major version", (name, line) => {
  expect(copiesOf(name)).toEqual([expect.stringMatching(line)]);
});

test("there is no package of the 3.x SDK", () => {
  const sdk = ["core", "resources", "sdk-trace-base", "sdk-trace", "sdk-metrics", "context-async-hooks"];
  expect(sdk.flatMap((name) => copiesOf(`@opentelemetry/${name}`)).filter((copy) => !copy.includes("@2."))).toEqual([]);
});
