/** Moments in a field of the kind `datetime-local`, which knows milliseconds and the reader's own time zone. */

/** For the field: `2026-01-31T12:00:00.123`; empty for what is no moment. */
export function toField(micros: string): string {
  const date = new Date(Math.floor(Number(micros) / 1_000));
  if (!/^\d{1,17}$/.test(micros) || Number.isNaN(date.getTime())) return "";
  const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, -1);
}

/**
 * Microseconds since 1970 as digits. A field that still shows what it was filled with means that moment, to the
 * microsecond.
 */
export function fromField(field: string, filledWith: string): string {
  if (field === "") return "";
  if (sameMoment(field, toField(filledWith))) return filledWith;
  const ms = new Date(field).getTime();
  return Number.isNaN(ms) ? "" : String(ms * 1_000);
}

/** A browser leaves out zeros at the end. */
function sameMoment(a: string, b: string): boolean {
  return b !== "" && new Date(a).getTime() === new Date(b).getTime();
}
