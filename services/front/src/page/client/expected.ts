/** The tree that a scenario must give when this browser sends it, in place of the demo. */
import type { Scenario } from "@baton/demo/scenario";
import { message } from "@baton/demo/spans";
import type { ExpectedSpan } from "@baton/trace-tree";

/** The span of the demo as the caller is left out: the trace begins at front. */
export function expectedTree({ caller, request, tree }: Scenario): ExpectedSpan {
  const [first] = tree.children ?? [];
  const ofFront = caller !== undefined && first !== undefined ? first : tree;
  if (request.type === "http") return ofFront;
  // The message that is wrong on purpose, which names the trace.
  return { ...ofFront, children: [...(ofFront.children ?? []), message()] };
}
