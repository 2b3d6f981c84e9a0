/** Shorter delays of export, so that a person finds a trace soon after the request. */

/** Milliseconds. OpenTelemetry's defaults are 5000 for spans and 1000 for log records. */
const promptMs = "500";
/**
 * `bun --watch` starts the process again at each change of a file. It calls the listeners of SIGTERM before, but does not
 * wait for them, so nothing can be sent then.
 */
const atOnceMs = "1";

/** @returns The variables, with shorter delays where none are set. */
export function withPromptExport(
  source: Readonly<Record<string, string | undefined>>,
  bunArguments: readonly string[] = process.execArgv,
): Readonly<Record<string, string | undefined>> {
  const delay = bunArguments.includes("--watch") ? atOnceMs : promptMs;
  const set = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()));
  return { OTEL_BSP_SCHEDULE_DELAY: delay, OTEL_BLRP_SCHEDULE_DELAY: delay, ...set };
}
