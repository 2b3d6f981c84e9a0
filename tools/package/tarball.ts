/** What is inside the tarball, and what `bun pm pack` leaves behind in the repository. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { outputOf, PACKAGE, run, type Workplace } from "./project.ts";

const MANIFEST = join(PACKAGE, "package.json");
const ALWAYS = ["CHANGELOG.md", "LICENSE", "README.md", "package.json"];

/** Packs twice: once into a folder that cannot be made, which must do no harm, and then for good. */
export async function packAfterFailure(workplace: Workplace): Promise<string> {
  const before = await Bun.file(MANIFEST).text();
  const failed = await outputOf([process.execPath, "pm", "pack", "--destination", join(MANIFEST, "none")], PACKAGE);
  if (failed.code === 0) throw new Error("bun pm pack into a folder that cannot be made did not fail");
  const tarball = await workplace.pack();
  if ((await Bun.file(MANIFEST).text()) !== before) throw new Error("shared/telemetry/package.json is not what it was");
  return tarball;
}

/** The sources that the entry points reach, each with its four built files; and nothing else, so no test and no helper. */
export async function checkFiles(tarball: string): Promise<void> {
  const names = await namesIn(tarball);
  const sources = names.flatMap((name) => /^src\/(.*)\.ts$/.exec(name)?.[1] ?? []);
  const built = sources.flatMap((name) => [".js", ".js.map", ".d.ts", ".d.ts.map"].map((end) => `dist/${name}${end}`));
  const entries = ["index", "http/fetch", "http/index", "grpc/index", "testing"].map((name) => `dist/node/${name}.js`);
  const expected = [...ALWAYS, ...sources.map((name) => `src/${name}.ts`), ...built, ...entries];
  const difference = new Set(expected).symmetricDifference(new Set(names));
  if (difference.size > 0) throw new Error(`missing, or too many:\n${[...difference].toSorted().join("\n")}`);
  const helpers = sources.filter((name) => /\.(test|fixture)$|-cases$|^(?!testing$).*testing/.test(name));
  if (helpers.length > 0) throw new Error(`made for tests: ${helpers.join(", ")}`);
}

/** `catalog:` and `workspace:` mean nothing outside of this repository. */
export async function checkManifest(tarball: string): Promise<void> {
  const manifest = await run(["tar", "-xzOf", tarball, "package/package.json"], PACKAGE);
  const foreign = manifest.split("\n").filter((line) => /catalog:|workspace:/.test(line));
  if (foreign.length > 0) throw new Error(foreign.join("\n"));
  const fields = JSON.parse(manifest) as Readonly<Record<string, unknown>>;
  const required = ["description", "license", "keywords", "engines", "exports", "peerDependencies"];
  const missing = required.filter((field) => fields[field] === undefined);
  if (missing.length > 0) throw new Error(`missing: ${missing.join(", ")}`);
}

/** Suggestions are left out: there is one, to name the oldest Node.js, and this package is for none. */
export async function checkWithPublint(tarball: string): Promise<void> {
  await run([process.execPath, tool("publint"), "run", tarball, "--level", "warning", "--strict"], PACKAGE);
}

export async function checkWithAttw(tarball: string): Promise<void> {
  await run([process.execPath, tool("attw"), tarball, "--profile", "esm-only"], PACKAGE);
}

function tool(name: string): string {
  return fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
}

async function namesIn(tarball: string): Promise<readonly string[]> {
  const listing = await run(["tar", "-tzf", tarball], PACKAGE);
  return listing.split("\n").flatMap((line) => (line === "" ? [] : line.replace("package/", "")));
}
