/**
 * `bun run test:package`: does the telemetry package work in a project that is not this one? Packs it, installs it into
 * empty folders, which needs the npm registry, and prints each check as passed or failed.
 */
import { checkExample, exampleOf } from "./example.ts";
import { checkNewestApi, checkNode, checkOnly, checkTwoApis } from "./installs.ts";
import { pinned, Workplace } from "./project.ts";
import { checkFiles, checkManifest, checkWithAttw, checkWithPublint, packAfterFailure } from "./tarball.ts";
import { COMPILERS, checkTypes, TSCONFIGS } from "./types.ts";

let passed = 0;
let failed = 0;

await using workplace = await Workplace.create();
const tarball = await check("bun pm pack, and again after a pack that failed", () => packAfterFailure(workplace));
if (tarball !== undefined) {
  await check("the tarball holds the sources, what is built of them, and nothing else", () => checkFiles(tarball));
  await check("the manifest names real versions and says what the package is", () => checkManifest(tarball));
  await check("publint", () => checkWithPublint(tarball));
  await check("@arethetypeswrong/cli", () => checkWithAttw(tarball));
  const packages = [tarball, pinned("elysia"), pinned("nice-grpc"), pinned("@types/bun")];
  const shop = await check("bun add in an empty folder", () => workplace.project("shop", packages));
  if (shop !== undefined) await checkShop(shop);
  const grpc = { path: "grpc", install: pinned("nice-grpc"), absent: "elysia" };
  await check("with nice-grpc only", () => checkOnly(workplace, tarball, grpc));
  const http = { path: "http", install: pinned("elysia"), absent: "nice-grpc-common" };
  await check("with Elysia only", () => checkOnly(workplace, tarball, http));
  const fetch = { path: "fetch", absent: "elysia" };
  await check("with no framework", () => checkOnly(workplace, tarball, fetch));
  await check("with the newest @opentelemetry/api", () => checkNewestApi(workplace, tarball));
  await check("with a second @opentelemetry/api in the application", () => checkTwoApis(workplace, tarball));
  if (Bun.which("node") === null) console.log("skipped Node.js is not installed");
  else await check("on Node.js: one sentence", () => checkNode(workplace, tarball));
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function checkShop(shop: string): Promise<void> {
  for (const [compiler, tsc] of Object.entries(COMPILERS)) {
    for (const [name, options] of Object.entries(TSCONFIGS)) {
      await check(`types: ${compiler}, ${name}`, () => checkTypes(shop, tsc, options));
    }
  }
  for (const readme of ["README.md", "shared/telemetry/README.md"]) {
    await check(`the example of ${readme}, and its trace`, async () => {
      const file = `${shop}/${Bun.hash(readme).toString(36)}.ts`;
      await Bun.write(file, await exampleOf(readme));
      await checkExample(shop, file);
    });
  }
}

/** Runs one check. The answer of one that failed is `undefined`. */
async function check<T>(name: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    const result = await work();
    passed += 1;
    console.log(`passed  ${name}`);
    return result;
  } catch (error) {
    failed += 1;
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
