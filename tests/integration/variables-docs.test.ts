import { describe, expect, test } from "bun:test";
import { readFile } from "node:fs/promises";

const read = (path: string): Promise<string> => readFile(new URL(`../../${path}`, import.meta.url), "utf8");

const page = await read("docs/variables.md");

/** The part of the page below a heading. */
function section(name: string): string {
  const [, text = ""] = page.split(`\n## ${name}\n`);
  return text.split("\n## ")[0] ?? "";
}

function defaultsIn(text: string): Record<string, string> {
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \| (?:`([^`]*)`|not set) \|/gm)];
  return Object.fromEntries(rows.map(([, name = "", value = "not set"]) => [name, value]));
}

/** Every name of a variable in a file, but those of OpenTelemetry, which docs/configuration.md has. */
function variablesIn(source: string): string[] {
  const names = source.match(/\b(?:LAB|[A-Z]+(?:_[A-Z]+)+)(?=["`:]|\s*\??\?? )/g) ?? [];
  return [...new Set(names)]
    .filter((name) => !name.startsWith("OTEL_") && !new RegExp(`const ${name}\\b`).test(source))
    .toSorted();
}

/** `VARIABLE` and `@default`, as the comments of a configuration say them. */
function documentedDefaults(source: string): Record<string, string> {
  const comments = [...source.matchAll(/\/\*\*\s*(?:\*\s*)?`([A-Z_]+)`((?:(?!\*\/)[\s\S])*)\*\//g)];
  return Object.fromEntries(
    comments.map(([, name = "", text = ""]) => [name, /@default "?([^"\s]+)/.exec(text)?.[1] ?? "not set"]),
  );
}

describe("docs/variables.md", () => {
  test.each(["front", "back", "viewer"])(
    "lists each variable of %s with its default, and no other",
    async (service) => {
      const documented = defaultsIn(section(service));
      const source = await read(`services/${service}/src/config.ts`);
      expect(Object.keys(documented).toSorted()).toEqual(variablesIn(source));
      expect(documented).toEqual(documentedDefaults(source));
    },
  );

  test("names each variable of the demo", async () => {
    const variables = variablesIn(await read("demo/src/config.ts"));
    expect(variables.length).toBeGreaterThan(5);
    expect(variables.filter((name) => !section("demo").includes(`\`${name}\``))).toEqual([]);
  });
});
