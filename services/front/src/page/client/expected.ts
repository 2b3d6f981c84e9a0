/** The tree that a scenario must give when this browser sends it, in place of the demo. */
import { methodOf } from "@baton/demo/request";
import type { Scenario } from "@baton/demo/scenario";
import { message } from "@baton/demo/spans";
import type { ExpectedSpan } from "@baton/trace-tree";
import { browserService, hasBrowserSpan } from "./browser-span.ts";

/** The span of the demo as the caller is left out, and that of the browser put in its place. */
export function expectedTree({ caller, request, status, tree }: Scenario): ExpectedSpan {
  const [first] = tree.children ?? [];
  const ofFront = caller !== undefined && first !== undefined ? first : tree;
  // A browser cannot put a header on a handshake, so only its messages are in its trace.
  if (request.type === "websocket" && request.carriesContext) return messagesUnderBrowser(tree);
  if (request.type === "http")
    return hasBrowserSpan(request) ? underBrowser(ofFront, status, methodOf(request)) : ofFront;
  // The message that is wrong on purpose, which names the trace.
  return { ...ofFront, children: [...(ofFront.children ?? []), message()] };
}

function underBrowser(ofFront: ExpectedSpan, status: number, method: string): ExpectedSpan {
  return {
    service: browserService,
    kind: "client",
    name: method,
    status: status >= 400 ? "error" : "unset",
    children: [ofFront],
  };
}

function messagesUnderBrowser({ children = [] }: ExpectedSpan): ExpectedSpan {
  const messages = children.filter(({ kind }) => kind === "client");
  return {
    service: browserService,
    kind: "internal",
    name: "websocket",
    children: messages.map((span) => ({ ...span, service: browserService })),
  };
}
