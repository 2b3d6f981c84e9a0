import { expect, test } from "bun:test";
import { renderDocuments } from "./document.ts";

test.each(Object.entries(await renderDocuments()))(
  "%s has the numbers of docs/performance/result.json",
  async (path, text) => {
    expect(await Bun.file(`${import.meta.dir}/../../${path}`).text()).toBe(text);
  },
);
