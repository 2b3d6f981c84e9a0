import { expect, test } from "bun:test";
import { buildTree, type TreeNode, walkTree } from "./build.ts";
import { type SampleSpan, sampleTrace } from "./testing/sample-trace.ts";

/** `a(b c(d))`: the shape of the tree, without anything else. */
function shape(nodes: readonly TreeNode[]): string {
  return nodes.map(({ span, children }) => span.spanId + (children.length > 0 ? `(${shape(children)})` : "")).join(" ");
}

function build(...spans: readonly SampleSpan[]) {
  const tree = buildTree(sampleTrace(...spans));
  const { roots, orphans, circles, duplicateIds } = tree;
  const walked = [...walkTree(tree)].map(({ node, depth }) => `${depth}${node.span.spanId}`).join(" ");
  return { roots: shape(roots), orphans: shape(orphans), circles: shape(circles), duplicateIds, walked };
}

test("children are below their parents in the order in which they started", () => {
  const tree = build(
    { id: "late", parent: "root", start: 30 },
    { id: "grandchild", parent: "early", start: 25 },
    { id: "early", parent: "root", start: 20 },
    { id: "root", start: 10 },
  );
  expect(tree.roots).toBe("root(early(grandchild) late)");
  expect(tree.walked).toBe("0root 1early 2grandchild 1late");
});

test("a span whose parent is missing is an orphan and keeps its children", () => {
  const tree = build({ id: "root" }, { id: "lost", parent: "gone" }, { id: "child", parent: "lost" });
  expect(tree).toMatchObject({ roots: "root", orphans: "lost(child)", walked: "0root 0lost 1child" });
});

test("two roots are two roots", () => {
  expect(build({ id: "a" }, { id: "b" }).roots).toBe("a b");
});

test("a span that is its own parent is a circle of one", () => {
  expect(build({ id: "root" }, { id: "self", parent: "self" })).toMatchObject({ roots: "root", circles: "self" });
});

test("a circle is cut above its earliest span, and spans below the circle stay there", () => {
  const tree = build(
    { id: "a", parent: "c", start: 30 },
    { id: "b", parent: "a", start: 20 },
    { id: "c", parent: "b", start: 40 },
    // Starts before the circle that it hangs under.
    { id: "under", parent: "a", start: 5 },
  );
  expect(tree).toMatchObject({ roots: "", orphans: "", circles: "b(c(a(under)))", walked: "0b 1c 2a 3under" });
});

test("each of two circles is cut", () => {
  const tree = build(
    { id: "a", parent: "b", start: 1 },
    { id: "b", parent: "a", start: 2 },
    { id: "c", parent: "d", start: 3 },
    { id: "d", parent: "c", start: 4 },
  );
  expect(tree.circles).toBe("a(b) c(d)");
});

test("of spans with one id each is in the tree once, and children hang under the first", () => {
  const tree = build({ id: "a", start: 1 }, { id: "a", start: 2 }, { id: "child", parent: "a" });
  expect(tree).toMatchObject({ roots: "a(child) a", duplicateIds: ["a"] });
});

test("a trace without spans is an empty tree", () => {
  expect(build()).toEqual({ roots: "", orphans: "", circles: "", duplicateIds: [], walked: "" });
});

test("a chain deeper than the engine's stack is walked to its end", () => {
  const spans = Array.from({ length: 30_000 }, (_, index): SampleSpan => {
    return { id: `${index}`, start: index, ...(index > 0 && { parent: `${index - 1}` }) };
  });
  const last = [...walkTree(buildTree(sampleTrace(...spans)))].at(-1);
  expect(last).toMatchObject({ depth: 29_999, node: { span: { spanId: "29999" } } });
});

test("a long way into a circle takes no more than a look at each span", () => {
  const way = Array.from(
    { length: 20_000 },
    (_, index): SampleSpan => ({ id: `${index}`, parent: `${index + 1}`, start: index }),
  );
  const { circles } = buildTree(sampleTrace(...way, { id: "20000", parent: "20000", start: 99_999 }));
  expect(circles.map(({ span }) => span.spanId)).toEqual(["20000"]);
});
