/** About how much memory a record takes. The engine does not tell; this errs to the high side. */

/** What an object costs besides what it holds, and what a field costs besides its text. */
const OBJECT_BYTES = 80;
const FIELD_BYTES = 8;
const NUMBER_BYTES = 24;
/** Characters beyond Latin-1 make the engine take two bytes for each. */
const CHARACTER_BYTES = 2;

/** Bytes of a plain value and of all that it refers to, except what the caller counts by itself. */
export function sizeOf(value: unknown, except?: ReadonlySet<unknown>): number {
  if (typeof value === "string") return OBJECT_BYTES / 2 + value.length * CHARACTER_BYTES;
  if (typeof value === "bigint") return NUMBER_BYTES * 2;
  if (typeof value !== "object" || value === null || except?.has(value)) return FIELD_BYTES;
  let bytes = OBJECT_BYTES;
  for (const each of Object.values(value)) bytes += FIELD_BYTES + sizeOf(each, except);
  return bytes;
}
