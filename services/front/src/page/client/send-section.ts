/** Section 1: every scenario of the demo as a card. */
import type { Scenario } from "@baton/demo/scenario";
import { scenarios } from "@baton/demo/scenarios";
import { type Board, createBoard } from "./board.ts";
import { type CardState, renderCard } from "./card.ts";
import { expectedTree } from "./expected.ts";
import { facts } from "./facts.ts";
import { waitForMetrics } from "./metrics.ts";
import { countDifferences, renderResult } from "./result.ts";
import { type Answer, send, wrongMessage } from "./send.ts";
import { type Found, waitForTree } from "./traces.ts";

/** Is told of each trace that was found, and of its answer. */
export type OnTrace = (title: string, found: Found, answer: Answer) => void;

export function createSendSection(onTrace: OnTrace): HTMLElement {
  const board = createBoard("Send", "Send a request: its answer and its trace appear here.");
  for (const scenario of scenarios) board.add(scenarioCard(scenario, board, onTrace));
  return board.element;
}

export interface CardLooks {
  /** Attributes to mark in the spans. */
  readonly marked: readonly string[];
  /** Metrics that the backend must have, if it keeps any. */
  readonly metrics: readonly string[];
}

const plain: CardLooks = { marked: [], metrics: [] };

export function scenarioCard(scenario: Scenario, board: Board, onTrace: OnTrace, looks = plain): HTMLElement {
  const { id, title, shows, request, backAway } = scenario;
  return renderCard({
    id: `send-${id}`,
    title,
    shows,
    request:
      request.type === "http" ? { ...request, headers: { ...request.headers, ...headersToAdd(scenario) } } : request,
    notes: notesOf(scenario),
    action: (backAway || carriesContext(request)) && !facts.lab ? undefined : "Send",
    onSend: () => sendScenario(scenario, board, onTrace, looks),
  });
}

/** A page cannot stop back. In the lab front can call an address where nothing listens, for one request. */
function headersToAdd({ caller, backAway }: Scenario): Readonly<Record<string, string>> {
  return { ...caller?.headers, ...(backAway && facts.lab ? { "x-lab-fault": "back-away" } : {}) };
}

function notesOf({ id, request, backAway }: Scenario): readonly string[] {
  const away = facts.lab
    ? "For this request front calls an address where nothing listens. Back itself goes on."
    : `A page cannot stop back. The demo can, in a terminal: bun run demo --once --only=${id}`;
  return [
    ...(backAway ? [away] : []),
    ...(request.type === "websocket" ? [socketNote(id, carriesContext(request))] : []),
  ];
}

function carriesContext(request: Scenario["request"]): boolean {
  return request.type === "websocket" && request.carriesContext === true;
}

function socketNote(id: string, carries: boolean): string {
  if (!carries) return `The page adds ${wrongMessage}: the problem that answers it names the trace.`;
  return facts.lab
    ? "A page cannot put a header on a handshake. Its messages are in its trace, and the links lead to the handshake's."
    : `It needs spans of the sender. The demo has them, in a terminal: bun run demo --once --only=${id}`;
}

async function sendScenario(
  scenario: Scenario,
  board: Board,
  onTrace: OnTrace,
  { marked, metrics }: CardLooks,
): Promise<CardState> {
  const { title, status } = scenario;
  const stage = board.begin();
  const answer = await send(scenario, headersToAdd(scenario));
  const show = (found: Found | undefined) => stage.show(...renderResult({ title, answer, found, marked }));
  show(undefined);
  if (answer.status !== status) return { text: `✗ the answer is ${answer.status}, expected ${status}`, is: "bad" };
  if (answer.traceId === undefined || !facts.hasTraces) return { text: `Answered ${answer.status}`, is: "muted" };
  const found = await waitForTree(answer.traceId, expectedTree(scenario), show, stage.isOver);
  show(found);
  if (!stage.isOver()) onTrace(title, found, answer);
  if (found.differences.length > 0) {
    if (stage.isOver()) return { text: "Another request took its place", is: "muted" };
    return { text: countDifferences(found.differences.length), is: "bad" };
  }
  return metrics.length === 0 ? { text: "✓ the trace is as expected", is: "good" } : waitForMetrics(metrics);
}
