/**
 * Generates `src/otlp/gen/` from the .proto files, or with `--check` compares what would be generated with what is committed.
 * Both tools come from npm and run locally, so neither needs the network.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

const packageDir = join(import.meta.dir, "..");
const binDir = join(packageDir, "node_modules", ".bin");

if (process.argv.includes("--check")) {
  const drift = await findDrift();
  for (const line of drift) console.error(line);
  if (drift.length > 0) console.error("Generated code is out of date: run `bun run --cwd services/viewer generate`.");
  process.exit(drift.length > 0 ? 1 : 0);
}
await generate(packageDir);

async function generate(outDir: string): Promise<void> {
  const child = Bun.spawn([join(binDir, "buf"), "generate", "--output", outDir], {
    cwd: packageDir,
    // buf looks for the plugin on the PATH.
    env: { ...process.env, PATH: `${binDir}:${process.env.PATH ?? ""}` },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if ((await child.exited) !== 0) throw new Error("buf generate failed");
}

async function findDrift(): Promise<readonly string[]> {
  const freshDir = await mkdtemp(join(tmpdir(), "baton-viewer-"));
  try {
    await generate(freshDir);
    const [fresh, committed] = await Promise.all([readTree(freshDir), readTree(packageDir)]);
    const paths = [...new Set([...fresh.keys(), ...committed.keys()])].sort();
    return paths.flatMap((path) => {
      if (!committed.has(path)) return [`missing: ${path}`];
      if (!fresh.has(path)) return [`left over: ${path}`];
      return fresh.get(path) === committed.get(path) ? [] : [`differs: ${path}`];
    });
  } finally {
    await rm(freshDir, { recursive: true });
  }
}

async function readTree(dir: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(join(dir, "src", "otlp", "gen"), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(files.map(async (file) => [relative(dir, file), await Bun.file(file).text()] as const)),
  );
}
