import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { faults } from "@baton/demo/lab/faults";
import { queueScenarios } from "@baton/demo/lab/queue";

const page = await readFile(new URL("../../docs/lab.md", import.meta.url), "utf8");

test("docs/lab.md has each fault, where it is made, what one sees and its cause", () => {
  const rows = page.slice(page.indexOf("\n## The faults\n")).match(/^\| `.*$/gm);
  // The heading of the table is the first.
  expect(rows?.slice(1)).toEqual(
    faults.map(({ id, where, symptom, cause }) => `| \`${id}\` | ${where} | ${symptom} | \`${cause}\` |`),
  );
});

test("docs/lab.md has each way over the queue, what one sees and when it is right", () => {
  const [, section = ""] = page.split("\n## Over a queue\n");
  const rows = section.split("\n## ")[0]?.match(/^\| `.*$/gm);
  expect(rows?.slice(1)).toEqual(
    queueScenarios.map(({ id, shows, right }) => `| \`${id.replace("queue-", "")}\` | ${shows} | ${right} |`),
  );
});
