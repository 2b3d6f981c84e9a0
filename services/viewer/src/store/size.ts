/** About how much memory a record uses. The engine does not say it; this estimate is rather too high. */

/** The bytes of an object without its fields, and of a field without its text. */
const OBJECT_BYTES = 80;
const FIELD_BYTES = 8;
const NUMBER_BYTES = 24;
/** The engine uses two bytes for each character of a text that is not Latin-1. */
const CHARACTER_BYTES = 2;

/** Bytes of a plain value and of all that it refers to, except what the caller counts. */
export function sizeOf(value: unknown, except?: ReadonlySet<unknown>): number {
  if (typeof value === "string") return OBJECT_BYTES / 2 + value.length * CHARACTER_BYTES;
  if (typeof value === "bigint") return NUMBER_BYTES * 2;
  if (typeof value !== "object" || value === null || except?.has(value)) return FIELD_BYTES;
  let bytes = OBJECT_BYTES;
  for (const each of Object.values(value)) bytes += FIELD_BYTES + sizeOf(each, except);
  return bytes;
}
