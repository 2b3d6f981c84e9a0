/** Section 4: every option of telemetry as a card that turns green when its effect is in the trace. */
import { type OptionScenario, optionScenarios, type Side } from "@baton/demo/options";
import { button, el } from "@baton/viewer/page";
import { createBoard } from "./board.ts";
import { sendAllButton } from "./send-all.ts";
import { type OnTrace, scenarioCard } from "./send-section.ts";

const sides: readonly (readonly [Side, string, string])[] = [
  ["http-server", "HTTP server", "httpServerTelemetry(telemetry, { … }) or tracedHandler(telemetry, { … })"],
  ["http-client", "HTTP client", "tracedFetch(telemetry, { … })"],
  ["grpc-server", "gRPC server", "grpcServerTelemetry(telemetry, { … })"],
  ["grpc-client", "gRPC client", "grpcClientTelemetry(telemetry, { … })"],
  ["baggage", "Baggage", "startTelemetry({ … })"],
];

export function createOptionsSection(onTrace: OnTrace): HTMLElement {
  const groups = sides.map(([side, name, where]) => {
    const rows = optionScenarios.filter((row) => row.side === side);
    return { side, name: `${name} (${rows.length})`, panel: renderGroup(side, where, rows, onTrace) };
  });
  const choose = (chosen: Side) => {
    for (const [index, { side, panel }] of groups.entries()) {
      panel.hidden = side !== chosen;
      tabs[index]?.setAttribute("aria-pressed", String(side === chosen));
    }
  };
  const tabs = groups.map(({ side, name }) => button(name, { class: "tab" }, () => choose(side)));
  choose("http-server");
  return el(
    "div",
    {},
    el("div", { class: "tabs", role: "group", "aria-label": "Side" }, ...tabs),
    ...groups.map(({ panel }) => panel),
  );
}

function renderGroup(side: Side, where: string, rows: readonly OptionScenario[], onTrace: OnTrace): HTMLElement {
  const board = createBoard("Options", "Send a request: the attribute that the option makes is marked in its span.");
  const cards = rows.map((row) =>
    scenarioCard(row, board, onTrace, { marked: row.marked, metrics: row.metrics ?? [] }),
  );
  board.add(...cards);
  return el(
    "div",
    { class: "group", id: `options-${side}` },
    el(
      "div",
      { class: "actions group-head" },
      el("code", { class: "small" }, where),
      sendAllButton("Send all of these", cards),
    ),
    board.element,
  );
}
