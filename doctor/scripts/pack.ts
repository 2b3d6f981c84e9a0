/**
 * `bun pm pack` runs `prepare` before it reads the manifest, and `restore` afterwards. In the repository the command and
 * the library are sources. In the tarball they are bundles with the code of the other workspaces in them, because those
 * are in no registry; libraries of npm stay dependencies.
 */
import { copyFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { BunPlugin } from "bun";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = `${root}package.json`;
/** Holds the repository's own manifest for as long as the packed one lies in its place. */
const original = `${root}package.json.original`;

/** The receiver of OTLP is the viewer, whose pages nobody looks at here. They are bundled from sources at its start. */
const withoutPages: BunPlugin = {
  name: "without pages",
  setup(build) {
    build.onLoad({ filter: /viewer\/src\/page\/assets\.ts$/ }, () => ({
      contents: "export async function pageAssets() { return new Map(); }",
      loader: "ts",
    }));
  },
};

if (process.argv[2] === "restore") await rename(original, manifest);
else await prepare();

async function prepare(): Promise<void> {
  // Bun runs no postpack when it cannot write the tarball: the manifest that such a pack left behind is put right first.
  if (await Bun.file(original).exists()) await rename(original, manifest);
  await rm(`${root}dist`, { recursive: true, force: true });
  const libraries = await bundle();
  await declareTypes();
  await copyFile(manifest, original);
  const { dependencies: _, devDependencies: __, scripts: ___, ...packed } = await Bun.file(original).json();
  const exports = { ".": { types: "./dist/types/index.d.ts", default: "./dist/index.js" } };
  const changed = { ...packed, bin: { doctor: "./dist/main.js" }, exports, dependencies: await versionsOf(libraries) };
  await Bun.write(manifest, `${JSON.stringify(changed, undefined, 2)}\n`);
}

/** Returns the packages that the bundles import. */
async function bundle(): Promise<readonly string[]> {
  const libraries = new Set<string>();
  const { outputs } = await Bun.build({
    entrypoints: [`${root}src/main.ts`, `${root}src/index.ts`],
    outdir: `${root}dist`,
    target: "bun",
    splitting: true,
    plugins: [librariesOutside(libraries), withoutPages],
  });
  if (outputs.length < 2) throw new Error("The sources do not bundle, so there is nothing to pack");
  return [...libraries].sort();
}

/** Everything that is neither a path, nor a workspace, nor part of Bun. */
function librariesOutside(libraries: Set<string>): BunPlugin {
  return {
    name: "libraries outside",
    setup(build) {
      build.onResolve({ filter: /^(?!\.|\/|@baton\/|node:|bun$)/ }, ({ path }) => {
        const [scope = "", name = ""] = path.split("/");
        libraries.add(scope.startsWith("@") ? `${scope}/${name}` : scope);
        return { path, external: true };
      });
    },
  };
}

async function declareTypes(): Promise<void> {
  const { exitCode } = Bun.spawnSync([`${root}../node_modules/.bin/tsc`, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) throw new Error("The types cannot be written, so there is nothing to pack");
  const reached = new Set(["index.d.ts"]);
  for (const file of reached) {
    const text = await Bun.file(`${root}dist/types/${file}`).text();
    for (const [, path = ""] of text.matchAll(/ from "(\.[^"]+)\.ts"/g))
      reached.add(`${join(dirname(file), path)}.d.ts`);
  }
  // Those of the inside name workspaces that nobody else has.
  for await (const file of new Bun.Glob("**/*.d.ts").scan(`${root}dist/types`)) {
    if (!reached.has(file)) await rm(`${root}dist/types/${file}`);
  }
}

/** As in the catalog of the repository. @throws Error for one that is not there */
async function versionsOf(libraries: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { workspaces } = await Bun.file(`${root}../package.json`).json();
  return Object.fromEntries(
    libraries.map((name) => {
      const version = workspaces.catalog[name];
      if (version === undefined) throw new Error(`${name} is in a bundle, but not in the catalog of package.json`);
      return [name, version] as const;
    }),
  );
}
