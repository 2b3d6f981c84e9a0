/** Spans and log records are there soon enough for a person who looks for them. */

/** Milliseconds. OpenTelemetry's defaults are 5000 for spans and 1000 for log records. */
const delays: Readonly<Record<string, string>> = { OTEL_BSP_SCHEDULE_DELAY: "500", OTEL_BLRP_SCHEDULE_DELAY: "500" };

/** @returns The variables, with shorter delays where none are set. */
export function withPromptExport<Source extends Readonly<Record<string, string | undefined>>>(
  source: Source,
): Readonly<Record<string, string | undefined>> {
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  return { ...delays, ...set };
}
