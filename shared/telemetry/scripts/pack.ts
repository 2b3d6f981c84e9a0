/**
 * `bun pm pack` runs `prepare` before it reads the manifest, and `restore` afterwards. In the repository the exports are
 * the sources, so that nothing has to be built. In the tarball they are the JavaScript and its types in `dist`.
 */
import { copyFile, rename, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = `${root}package.json`;
/** Holds the repository's own manifest for as long as the packed one lies in its place. */
const original = `${root}package.json.original`;

if (process.argv[2] === "restore") await restore();
else await prepare();

async function prepare(): Promise<void> {
  // Bun runs no postpack when it cannot write the tarball: the manifest that such a pack left behind is put right first.
  if (await Bun.file(original).exists()) await restore();
  const packed = (await Bun.file(manifest).json()) as Manifest;
  const sources = await compile();
  const exports: Record<string, unknown> = {};
  for (const [path, source] of Object.entries(packed.exports)) {
    const built = source.replace("./src/", "./dist/").replace(/\.ts$/, "");
    const forNode = built.replace("./dist/", "./dist/node/");
    await writeForNode(packed.name, `${root}${built}.js`, `${root}${forNode}.js`);
    exports[path] = {
      types: `${built}.d.ts`,
      bun: `${built}.js`,
      node: `${forNode}.js`,
      default: `${built}.js`,
    };
  }
  await copyFile(manifest, original);
  await Bun.write(
    manifest,
    `${JSON.stringify({ ...packed, exports, files: ["dist", ...sources, "CHANGELOG.md"] }, undefined, 2)}\n`,
  );
}

async function restore(): Promise<void> {
  await rename(original, manifest);
}

/** Compiles what the entry points reach, so no test comes with it. Gives the sources of that. */
async function compile(): Promise<readonly string[]> {
  await rm(`${root}dist`, { recursive: true, force: true });
  const { exitCode } = Bun.spawnSync([`${root}node_modules/.bin/tsc`, "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (exitCode !== 0) throw new Error("The sources do not compile, so there is nothing to pack");
  const sources: string[] = [];
  for await (const file of new Bun.Glob("**/*.js").scan(`${root}dist`)) {
    const built = Bun.file(`${root}dist/${file}`);
    // TypeScript rewrites imports only. The new name is as long as the old one, so the source map stays right.
    await built.write((await built.text()).replaceAll(/(\brequire\("\.[^"]*)\.ts"\)/g, '$1.js")'));
    sources.push(`src/${file.replace(/\.js$/, ".ts")}`);
  }
  return sources.toSorted();
}

/**
 * What Node.js finds instead. It has every export of the module, because Node.js looks for the names before it runs
 * the file, and would complain about them.
 */
async function writeForNode(name: string, module: string, file: string): Promise<void> {
  const { exports: names } = new Bun.Transpiler({ loader: "js" }).scan(await Bun.file(module).text());
  const message = `${name} is for Bun and does not work on Node.js. Run your program with Bun: https://bun.com`;
  const lines = names.map((exported) => `export const ${exported} = undefined;\n`);
  await Bun.write(file, `throw new Error(${JSON.stringify(message)});\n${lines.join("")}`);
}
