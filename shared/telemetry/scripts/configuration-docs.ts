/** Writes `docs/configuration.md` from the table that the code validates with. A test fails while the file differs. */
import { plain, type Row } from "../src/config/row.ts";
import { type Section, sections } from "../src/config/variables.ts";

const INTRODUCTION = `# Configuration of telemetry

<!-- Generated from shared/telemetry/src/config/ by \`bun shared/telemetry/scripts/configuration-docs.ts\`. Do not edit. -->

Every \`OTEL_*\` variable that \`@baton/telemetry\` reads, or refuses by name.

- Empty is unset. Words are taken in any case, HTTP methods excepted.
- A value that cannot be used is reported once, as a log line that names the variable and what is used instead. It never
  stops a service.
- A refused variable is reported too, with what happens instead.
- The environment has the last word on the service's name and version: what the program passes to \`startTelemetry()\` is
  used where the environment is silent. The program's \`resourceAttributes\` win over \`OTEL_RESOURCE_ATTRIBUTES\`, as the
  specification asks.
- An OTLP variable for one signal wins over the one for all.
- At its start a service says in one log line what is in force.
`;

export function renderConfigurationDocs(): string {
  return `${[INTRODUCTION, ...sections.map(renderSection)].join("\n")}`;
}

function renderSection(section: Section): string {
  const rows = Object.entries(section.rows).map(
    ([name, row]) => `| ${cells(name, row).map(escapePipes).join(" | ")} |`,
  );
  const head = ["| Variable | Accepts | Default | What it does |", "|---|---|---|---|"];
  return `${[`## ${section.title}`, "", ...head, ...rows].join("\n")}\n`;
}

function cells(name: string, row: Row<unknown>): readonly string[] {
  if (row.kind.refused) return [`\`${name}\``, "refused", "", capitalized(row.kind.parse("").fault ?? "")];
  return [`\`${name}\``, row.kind.accepts, row.fallbackText ?? `\`${plain(row.fallback)}\``, row.does];
}

/** "is not used: ..." to "Not used: ...". */
function capitalized(fault: string): string {
  return `${fault.replace(/^is not/, "Not")}.`;
}

function escapePipes(cell: string): string {
  return cell.replaceAll("|", "\\|");
}

if (import.meta.main) {
  await Bun.write(`${import.meta.dir}/../../../docs/configuration.md`, renderConfigurationDocs());
}
