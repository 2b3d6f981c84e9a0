/** Section 5: one message over a queue, consumed in three ways that are shown beside each other. */
import { consumerTraceOf, type QueueScenario, queueScenarios } from "@baton/demo/lab/queue";
import type { Span } from "@baton/trace-tree";
import { el } from "@baton/viewer/page";
import { type CardState, renderCard } from "./card.ts";
import { expectedTree } from "./expected.ts";
import { facts } from "./facts.ts";
import { countDifferences, renderDifferences, renderLinks, renderTree, renderVerdict } from "./result.ts";
import { type Answer, send } from "./send.ts";
import { sendAllButton } from "./send-all.ts";
import type { OnTrace } from "./send-section.ts";
import { type Found, waitForTree } from "./traces.ts";

export function createQueueSection(onTrace: OnTrace): HTMLElement {
  const columns = queueScenarios.map((scenario) => createColumn(scenario, onTrace));
  return el(
    "div",
    { class: "queue" },
    el(
      "div",
      { class: "actions" },
      sendAllButton(
        "Send all three",
        columns.map(({ card }) => card),
      ),
    ),
    el("div", { class: "ways" }, ...columns.map(({ element }) => element)),
  );
}

function createColumn(scenario: QueueScenario, onTrace: OnTrace) {
  const { id, title, shows, request, right } = scenario;
  const result = el("div", { class: "way-result" });
  const card = renderCard({
    id: `send-${id}`,
    title,
    shows,
    request,
    notes: [right],
    action: "Send",
    onSend: () => sendOverQueue(scenario, result, onTrace),
  });
  return { card, element: el("section", { class: "way-column", "aria-labelledby": `${id}-title` }, card, result) };
}

async function sendOverQueue(scenario: QueueScenario, result: HTMLElement, onTrace: OnTrace): Promise<CardState> {
  result.replaceChildren(el("p", { class: "notice waiting" }, "Sending, and waiting for the spans…"));
  const answer = await send(scenario, {});
  const { traceId = "", status } = answer;
  const consumerTraceId = consumerTraceOf(answer.lines);
  if (status !== scenario.status || consumerTraceId === undefined) {
    result.replaceChildren(el("pre", { tabindex: 0 }, answer.lines.join("\n")));
    return { text: `✗ the answer is ${status}, expected ${scenario.status}`, is: "bad" };
  }
  if (!facts.hasTraces) {
    result.replaceChildren();
    return { text: `Answered ${status}`, is: "muted" };
  }
  const [ofRequest, ofConsumer] = await Promise.all([
    waitFor(traceId, expectedTree(scenario)),
    scenario.consumer && waitFor(consumerTraceId, scenario.consumer),
  ]);
  result.replaceChildren(...renderTraces(answer, ofRequest, consumerTraceId, ofConsumer));
  onTrace(scenario.title, ofRequest, answer);
  const count = ofRequest.differences.length + (ofConsumer?.differences.length ?? 0);
  return count === 0
    ? { text: scenario.consumer ? "✓ both traces are as expected" : "✓ the trace is as expected", is: "good" }
    : { text: countDifferences(count), is: "bad" };
}

function waitFor(traceId: string, expected: Parameters<typeof waitForTree>[1]): Promise<Found> {
  return waitForTree(
    traceId,
    expected,
    () => {},
    () => false,
  );
}

function renderTraces(
  { traceId, lines }: Answer,
  ofRequest: Found,
  consumerTraceId: string,
  ofConsumer: Found | undefined,
): readonly HTMLElement[] {
  const system = /"system":"(\w+)"/.exec(lines.join(""))?.[1];
  return [
    el(
      "p",
      { class: "small muted" },
      system === "kafka" ? "Sent over Kafka." : "Sent over a queue in front's process.",
    ),
    ...renderTrace(ofConsumer ? "The trace of the request" : "One trace", traceId, ofRequest),
    ...(ofConsumer ? renderTrace("The trace of the consumer", consumerTraceId, ofConsumer) : []),
    ...renderSpanLinks([ofRequest, ofConsumer].flatMap((found) => found?.tree?.trace.spans ?? [])),
  ];
}

function renderTrace(name: string, traceId: string | undefined, { tree, differences }: Found): readonly HTMLElement[] {
  return [
    el("header", { class: "result-head" }, el("h4", {}, name), renderLinks(traceId, tree !== undefined)),
    ...(tree === undefined ? [el("p", { class: "notice bad" }, "No span has arrived.")] : [renderVerdict(tree)]),
    ...renderDifferences(differences),
    ...(tree === undefined ? [] : renderTree(tree, [])),
  ];
}

/** A waterfall shows parents. What a link leads to is said in words. */
function renderSpanLinks(spans: readonly Span[]): readonly HTMLElement[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const rows = spans.flatMap((span) =>
    span.links.map(({ spanId }) =>
      el("li", {}, `↗ ${span.name} links to ${byId.get(spanId)?.name ?? "a span"} `, el("code", {}, spanId)),
    ),
  );
  if (rows.length === 0) return [];
  return [el("ul", { class: "small span-links", "aria-label": "Links between spans" }, ...rows)];
}
