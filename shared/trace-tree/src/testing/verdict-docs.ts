/** `docs/verdicts.md`, from the table that the tests use. */
import { buildTree } from "../build.ts";
import { readTrace } from "../trace.ts";
import { verdictOf } from "../verdict.ts";
import { renderWaterfall } from "../waterfall.ts";
import { sampleJson } from "./sample-trace.ts";
import { SHAPES, type Shape } from "./shapes.ts";

export function treeOf({ spans, warnings = [] }: Shape) {
  return buildTree(readTrace({ ...sampleJson(...spans), warnings }));
}

const HEAD = `# Verdicts

<!-- Made by \`bun shared/trace-tree/scripts/verdict-docs.ts\`. A test fails while it differs. -->

The viewer, the demo and \`expectTrace\` say of each trace whether it arrived whole. There are four grades.

| grade | what it means |
|---|---|
| joined | One root, no orphan. Each call between two services is a CLIENT span over a SERVER span, or a PRODUCER span over a CONSUMER span. |
| unusual | The trace is whole, and something in it is instrumented otherwise. Nothing has to be done. |
| broken | The context was lost or changed on its way. |
| cut | The backend does not have all of the trace, so nothing is said about the rest. |

\`expectTrace\` accepts only joined: a test says what the trace must be.

Clocks that differ are a note and no fault. Each finding names its spans, the likely causes in order, and what to look at next.
`;

export function renderVerdictDocs(): string {
  return [HEAD, ...SHAPES.map(renderShape)].join("\n");
}

function renderShape(shape: Shape): string {
  const tree = treeOf(shape);
  const { grade, summary, findings } = verdictOf(tree);
  const found = findings.map(({ sentence, causes, next }) =>
    [`- ${sentence}`, ...causes.map((cause, index) => `  ${index + 1}. ${cause}`), `  - Next: ${next}`].join("\n"),
  );
  const waterfall = renderWaterfall(tree, { color: false, width: 78 }).trimEnd();
  return [
    `## ${shape.name}: ${grade}`,
    "",
    "```text",
    waterfall,
    "```",
    "",
    `**${summary}**`,
    "",
    ...(found.length > 0 ? [...found, ""] : []),
  ].join("\n");
}
