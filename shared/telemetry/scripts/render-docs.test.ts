import { expect, test } from "bun:test";
import { sections } from "../src/config/variables.ts";
import { renderConfigurationDocs } from "./configuration-docs.ts";

test("docs/configuration.md is what the table gives", async () => {
  const committed = await Bun.file(`${import.meta.dir}/../../../docs/configuration.md`).text();
  expect(committed).toBe(renderConfigurationDocs());
});

test("each variable has one line, with a default and what it does", () => {
  const lines = renderConfigurationDocs().split("\n");
  for (const [name, row] of sections.flatMap((section) => Object.entries(section.rows))) {
    const own = lines.filter((line) => line.startsWith(`| \`${name}\` |`));
    expect(own).toHaveLength(1);
    expect(own[0]?.split(/(?<!\\) \| /)).toHaveLength(4);
    if (!row.kind.refused) expect(row.does).not.toBe("");
  }
});
