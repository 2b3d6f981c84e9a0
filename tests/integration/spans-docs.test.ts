import { expect, test } from "bun:test";
import { readdir, readFile } from "node:fs/promises";
import * as semconv from "@opentelemetry/semantic-conventions";

const telemetry = new URL("../../shared/telemetry/src/", import.meta.url);

/** The attribute names that a folder imports from the conventions, and the names of its metrics on both sides. */
async function namesUsedIn(folderName: string): Promise<string[]> {
  const folder = new URL(`${folderName}/`, telemetry);
  const files = (await readdir(folder)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const sources = await Promise.all(files.map((file) => readFile(new URL(file, folder), "utf8")));
  const constants = new Set(sources.flatMap((source) => source.match(/\b(?:ATTR|METRIC)_[A-Z_]+\b/g) ?? []));
  const attributes = [...constants].flatMap((constant) => {
    const name = (semconv as Readonly<Record<string, unknown>>)[constant];
    return typeof name === "string" ? [name] : [];
  });
  const metrics = sources.flatMap((source) =>
    [...source.matchAll(/`(http|rpc)\.\$\{\w+\}\.([a-z_.]+)`/g)].flatMap(([, protocol, rest]) =>
      ["client", "server"].map((side) => `${protocol}.${side}.${rest}`),
    ),
  );
  expect(metrics.length).toBeGreaterThan(0);
  return [...attributes, ...metrics];
}

test.each(["http", "grpc"])("docs/spans.md lists every name that %s uses", async (folderName) => {
  const page = await readFile(new URL("../../docs/spans.md", import.meta.url), "utf8");
  const names = await namesUsedIn(folderName);
  expect(names.length).toBeGreaterThan(8);
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
