/** A log record as `/api/traces/{id}/logs` and `/api/viewer/logs` give it. */

export interface LogRecord {
  readonly id?: number;
  readonly timeUnixNano: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly attributes: readonly { readonly key: string; readonly value: unknown }[];
  readonly traceId: string;
  readonly spanId: string;
  readonly service: string;
  /** Characters of its body and its attributes, in a list that gives the beginning of long ones. */
  readonly length?: number;
  /** Whether nothing of it was left out there. */
  readonly isWhole?: boolean;
}

const LEVELS = ["trace", "debug", "info", "warn", "error", "fatal"] as const;
export type Level = (typeof LEVELS)[number];

/**
 * The level of a severity number. Each level has four numbers; without a number the level is info.
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 */
export function levelOf(severityNumber: number): Level {
  return LEVELS[Math.floor((severityNumber - 1) / 4)] ?? "info";
}

/** When it was written, in microseconds since 1970. A double cannot hold nanoseconds, so they are digits. */
export function microsOf({ timeUnixNano }: Pick<LogRecord, "timeUnixNano">): number {
  return /^\d+$/.test(timeUnixNano) ? Number(BigInt(timeUnixNano) / 1_000n) : Number.NaN;
}

/** A body or a value as text; what is not text is JSON. */
export function asText(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
