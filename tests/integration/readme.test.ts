import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

interface Manifest {
  readonly version: string;
  readonly packageManager: string;
  readonly workspaces: { readonly catalog: Readonly<Record<string, string>> };
}

const manifest = async (path: string): Promise<Manifest> => JSON.parse(await read(path)) as Manifest;
const readme = await read("README.md");

describe("README.md", () => {
  test("names seven files or fewer to read, of 450 lines together or fewer", async () => {
    const [, list = ""] = /\*\*Read in this order\*\*([\s\S]*?)\n\n(?!\|)/.exec(readme) ?? [];
    const files = [...list.matchAll(/\]\(([^)]+)\)/g)].map(([, path = ""]) => path);
    const lengths = await Promise.all(files.map(async (path) => (await read(path)).split("\n").length - 1));
    expect(files.length).toBeGreaterThan(3);
    expect(files.length).toBeLessThanOrEqual(7);
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(450);
  });

  test("names the versions that are in use", async () => {
    const { packageManager, workspaces } = await manifest("package.json");
    const { version } = await manifest("shared/telemetry/package.json");
    const [, bun] = packageManager.split("@");
    const minor = (name: string) => workspaces.catalog[name]?.split(".").slice(0, 2).join(".");
    expect(readme).toContain(`Bun ${bun} ·`);
    expect(readme).toContain(`npx --yes bun@${bun} run demo`);
    expect(readme).toContain(`OpenTelemetry SDK ${minor("@opentelemetry/sdk-trace-base")},`);
    expect(readme).toContain(`semantic conventions ${workspaces.catalog["@opentelemetry/semantic-conventions"]} `);
    expect(readme).toContain(`baton-telemetry-${version}.tgz`);
  });

  test("says what docs/performance.md has measured", async () => {
    const performance = await read("docs/performance.md");
    const ratioOf = (variant: string) =>
      new RegExp(`^\\| ${variant} \\| \\d+ us \\| ([\\d.]+) \\|`, "m").exec(performance)?.[1] ?? "not found";
    const row = readme.split("\n").find((line) => line.startsWith("| CPU time"));
    expect(
      row
        ?.split("|")
        .slice(2, 4)
        .map((cell) => cell.trim()),
    ).toEqual([ratioOf("traced"), ratioOf("peers")]);
    expect(readme).toContain(`hand-made spans of the plain SDK is at ${ratioOf("plain")}`);
  });
});
