/** Writes `docs/configuration.md` from the table that the code validates with. A test fails while the file differs. */
import { plain, type Row } from "../src/config/kinds.ts";
import { type Section, sections } from "../src/config/variables.ts";

const INTRODUCTION = `# Configuration of telemetry

<!-- Generated from shared/telemetry/src/config/ by \`bun shared/telemetry/scripts/configuration-docs.ts\`. Do not edit. -->

Every \`OTEL_*\` variable that \`@baton/telemetry\` reads, or refuses by name.

- An empty value counts as unset. Values are not case-sensitive, except for HTTP methods.
- A value that cannot be used is reported once, in a log line that names the variable and what is used instead. It never
  stops a service.
- A variable that is not supported is reported too, with what happens instead. So is an unknown one that looks like one of
  these: "did you mean".
- The environment decides about name and version of the service: what the program passes to \`startTelemetry()\` is used
  where the environment says nothing. The \`resourceAttributes\` of the program replace those of
  \`OTEL_RESOURCE_ATTRIBUTES\`, as the specification asks.
- An OTLP variable for one signal replaces the one for all signals.
- At its start a service writes one log line that says what is in force.

The exporters are OpenTelemetry's own. Over HTTP they also follow \`HTTP_PROXY\`, \`HTTPS_PROXY\` and \`NO_PROXY\`. A
receiver that asks to wait (\`Retry-After\`; over gRPC \`RetryInfo\`) is asked no sooner, and the wait is not a part of the
timeouts below: see [failures.md](failures.md#a-backend-that-does-not-take-spans).
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
