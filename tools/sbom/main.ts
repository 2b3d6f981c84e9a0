/**
 * `bun run sbom [FILE]`: the software bill of materials, every package of bun.lock with its hash, as CycloneDX 1.6.
 * The program that makes it is installed here when it is first needed.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { missingFrom } from "./complete.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = fileURLToPath(new URL(".", import.meta.url));

try {
  console.log(await makeBill(resolve(process.argv[2] ?? "sbom.cdx.json")));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** @returns What was made. @throws Error when it fails, or when a package is not on the bill. */
async function makeBill(file: string): Promise<string> {
  // Its optional parts look into containers and other languages, and are several times its size.
  await run(folder, "install", "--frozen-lockfile", "--silent", "--ignore-scripts", "--omit", "optional");
  const cdxgen = `${folder}node_modules/@cyclonedx/cdxgen/bin/cdxgen.js`;
  const only = ["--type", "bun", "--no-recurse", "--no-install-deps", "--spec-version", "1.6", "--fail-on-error"];
  await run(root, "--bun", cdxgen, ...only, "--output", file, ".");
  const bill = await Bun.file(file).json();
  const missing = missingFrom(bill, await Bun.file(`${root}bun.lock`).text());
  if (missing.length > 0)
    throw new Error(`${file} lacks ${missing.length} packages of bun.lock: ${missing.join(", ")}`);
  return `${bill.components.length} components in ${file}`;
}

async function run(cwd: string, ...args: readonly string[]): Promise<void> {
  const child = Bun.spawn([process.execPath, ...args], { cwd, stdout: "pipe", stderr: "pipe" });
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  if (code !== 0) throw new Error(`bun ${args.join(" ")} ended with ${code}:\n${out}${err}`);
}
