/** The table: every `OTEL_*` variable that is read or refused, in the order of the documentation. */
import type { Row } from "./row.ts";
import { batchRows, exporterRows, otlpMetricRows, otlpRows, otlpSignalRows, signals } from "./rows-export.ts";
import { generalRows, limitRows } from "./rows-general.ts";

export interface Section {
  readonly title: string;
  readonly rows: Readonly<Record<string, Row<unknown>>>;
}

export const sections: readonly Section[] = [
  { title: "General", rows: generalRows },
  { title: "Exporters", rows: exporterRows },
  { title: "Batches", rows: batchRows },
  { title: "Limits", rows: limitRows },
  { title: "OTLP, all signals", rows: prefixed("OTEL_EXPORTER_OTLP", otlpRows) },
  ...signals.map((signal) => ({
    title: `OTLP, ${signal.toLowerCase()}`,
    rows: {
      ...prefixed(`OTEL_EXPORTER_OTLP_${signal}`, otlpSignalRows),
      ...(signal === "METRICS" ? otlpMetricRows : {}),
    },
  })),
];

function prefixed(prefix: string, rows: Readonly<Record<string, Row<unknown>>>): Section["rows"] {
  return Object.fromEntries(Object.entries(rows).map(([suffix, row]) => [`${prefix}_${suffix}`, row]));
}
