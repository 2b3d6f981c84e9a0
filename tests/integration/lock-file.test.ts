/** What the lock file must hold for the telemetry to be one telemetry. */
import { expect, test } from "bun:test";
import { fileURLToPath } from "node:url";

const lock = await Bun.file(fileURLToPath(new URL("../../bun.lock", import.meta.url))).text();

/** Each `name@version` that the lock file resolves to for a package. */
function copiesOf(name: string): readonly string[] {
  const resolutions = lock.matchAll(/^ {4}"[^"]+": \["([^"]+)"/gm);
  return [...new Set([...resolutions].flatMap(([, resolution]) => resolution ?? []))].filter((resolution) =>
    resolution.startsWith(`${name}@`),
  );
}

// Two copies of the api do not know each other's globals: spans made through one are lost to the other.
test.each([
  ["@opentelemetry/api", /@1\.9\.\d+$/],
  ["@opentelemetry/core", /@2\.12\.\d+$/],
  ["@opentelemetry/sdk-trace-base", /@2\.12\.\d+$/],
])("there is one copy of %s, of the line that the project is pinned to", (name, line) => {
  expect(copiesOf(name)).toEqual([expect.stringMatching(line)]);
});

test("nothing of the 3.x SDK has come in beside the 2.x one", () => {
  const sdk = ["core", "resources", "sdk-trace-base", "sdk-trace", "sdk-metrics", "context-async-hooks"];
  expect(sdk.flatMap((name) => copiesOf(`@opentelemetry/${name}`)).filter((copy) => !copy.includes("@2."))).toEqual([]);
});
