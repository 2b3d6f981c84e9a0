import { describe, expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pages = [...new Bun.Glob("**/*.md").scanSync({ cwd: root, dot: true })]
  .filter((path) => !/(?:^|\/)(?:node_modules|tmp)\//.test(path))
  .toSorted();

/** The name that a heading gets in a link, as GitHub makes it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");
}

async function anchorsOf(path: string): Promise<ReadonlySet<string>> {
  const text = (await readFile(path, "utf8")).replace(/^```[\s\S]*?^```$/gm, "");
  return new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchorOf(heading)));
}

async function isBroken(page: string, link: string): Promise<boolean> {
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(root, page) : join(root, dirname(page), path);
  if (!existsSync(target)) return true;
  return anchor !== undefined && target.endsWith(".md") && !(await anchorsOf(target)).has(anchor);
}

describe("links within the repository", () => {
  test("are looked for in every document", () => {
    expect(pages).toContain("README.md");
    expect(pages).toContain("docs/architecture.md");
    expect(pages).toContain("tests/conformance/README.md");
  });

  test.each(pages)("lead somewhere in %s", async (page) => {
    const text = (await readFile(join(root, page), "utf8")).replace(/^```[\s\S]*?^```$/gm, "");
    const links = [...text.matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)]
      .map(([, inText, inTag]) => inText ?? inTag ?? "")
      .filter((link) => !/^[a-z]+:/.test(link));
    const broken = await Promise.all(links.map(async (link) => ((await isBroken(page, link)) ? [link] : [])));
    expect(broken.flat()).toEqual([]);
  });
});
