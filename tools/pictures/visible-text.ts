/** The visible text in a picture of a page: not below its edge, and not scrolled out of a box. */
import type { Page } from "playwright-core";

/** Runs in the page. A text counts when one of its lines is on top at its beginning, its middle or its end. */
const collect = `(() => {
  const texts = [];
  const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  while (nodes.nextNode()) {
    const { currentNode } = nodes;
    range.selectNodeContents(currentNode);
    const isOnTop = (x, y) => {
      const hit = document.elementFromPoint(x, y);
      return hit !== null && currentNode.parentElement.contains(hit);
    };
    const isVisible = [...range.getClientRects()].some(
      ({ left, right, top, bottom }) =>
        isOnTop(left + 1, top + 1) ||
        isOnTop((left + right) / 2, (top + bottom) / 2) ||
        isOnTop(right - 1, bottom - 1),
    );
    if (isVisible) texts.push(currentNode.data);
  }
  return texts;
})()`;

/** One text on each line: texts that are side by side in the page are not one word. */
export async function visibleText(page: Page): Promise<string> {
  const texts = await page.evaluate<readonly string[]>(collect);
  return texts.join("\n");
}
