import { expect, test } from "bun:test";
import { missingFrom, packagesIn } from "./complete.ts";

const lock = `{
  "packages": {
    "@baton/front": ["@baton/front@workspace:services/front"],
    "@scope/a": ["@scope/a@1.2.3", "", {}, "sha512-x"],
    "b": ["b@4.5.6", "", {}, "sha512-y"],
    "c/b": ["b@4.0.0", "", {}, "sha512-z"],
  }
}`;

test("every version of every package of the lock file must be on the bill, workspaces need not", () => {
  expect(packagesIn(lock)).toEqual(["@scope/a@1.2.3", "b@4.5.6", "b@4.0.0"]);
  const components = ["pkg:npm/%40scope/a@1.2.3", "pkg:npm/b@4.5.6?x=1", "pkg:npm/front"].map((purl) => ({ purl }));
  expect(missingFrom({ components }, lock)).toEqual(["b@4.0.0"]);
  expect(missingFrom({}, lock)).toHaveLength(3);
});
