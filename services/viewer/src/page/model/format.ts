/** How the pages write durations, times, counts and measured values. All functions here are pure. */

const MICROS = { ms: 1e3, s: 1e6, min: 60e6, h: 3600e6 } as const;

/** A duration for people: three significant digits at most, the largest unit that keeps it above one. */
export function formatDuration(micros: number): string {
  // Rounded to three digits first: 999 960 µs is 1 s, not 1000 ms.
  const size = Math.abs(Number(micros.toPrecision(3)));
  if (size < MICROS.ms) return `${significant(micros)} µs`;
  if (size < MICROS.s) return `${significant(micros / MICROS.ms)} ms`;
  if (size < MICROS.min) return `${significant(micros / MICROS.s)} s`;
  if (Math.round(Math.abs(micros) / MICROS.s) < 3600) return twoUnits(micros, MICROS.min, "min", MICROS.s, "s");
  return twoUnits(micros, MICROS.h, "h", MICROS.min, "min");
}

/** How long ago a moment was, both in microseconds since 1970. A moment in the future is "just now": clocks differ. */
export function formatAgo(micros: number, nowMicros: number): string {
  const seconds = Math.floor((nowMicros - micros) / MICROS.s);
  if (seconds < 5) return "just now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

/** The exact moment in the reader's own time zone, to the millisecond: `2026-11-23 05:06:13.123`. */
export function formatMoment(micros: number): string {
  const date = new Date(micros / 1e3);
  if (Number.isNaN(date.getTime())) return "unknown time";
  const day = [date.getFullYear(), pad(date.getMonth() + 1), pad(date.getDate())].join("-");
  const time = [pad(date.getHours()), pad(date.getMinutes()), pad(date.getSeconds())].join(":");
  return `${day} ${time}.${pad(date.getMilliseconds(), 3)}`;
}

/** The moment as `<time datetime>` wants it; undefined where the number is no moment at all. */
export function isoMoment(micros: number): string | undefined {
  const date = new Date(micros / 1e3);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** `1 span`, `4 spans`, `5 000 spans`. */
export function formatCount(count: number, one: string, many = `${one}s`): string {
  return `${formatNumber(count)} ${count === 1 ? one : many}`;
}

/** A number with thin groups of three digits and at most three digits after the point. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const [whole = "", fraction] = trimmed(value).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** The same of digits that a number cannot hold: not one of them is lost. */
export function formatExact(value: number | string): string {
  if (typeof value !== "string" || !/^-?\d+$/.test(value)) return formatNumber(Number(value));
  return value.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Bytes in binary units. */
export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), BYTE_UNITS.length - 1);
  return `${significant(bytes / 1024 ** step)} ${BYTE_UNITS[step]}`;
}

/**
 * A measured value with its unit, which OpenTelemetry writes in UCUM.
 * @see https://opentelemetry.io/docs/specs/semconv/general/metrics/#instrument-units
 */
export function formatMeasured(measured: number | string, unit: string): string {
  const value = Number(measured);
  if (unit === "s") return formatDuration(value * MICROS.s);
  if (unit === "ms") return formatDuration(value * MICROS.ms);
  if (unit === "us") return formatDuration(value);
  if (unit === "ns") return formatDuration(value / 1e3);
  if (unit === "By") return formatBytes(value);
  // "1" has no unit; an annotation such as {request} says what is counted, which the heading says already.
  if (unit === "" || unit === "1" || unit.startsWith("{")) return formatExact(measured);
  return `${formatExact(measured)} ${unit}`;
}

function significant(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function trimmed(value: number): string {
  const tiny = Math.abs(value) < 0.001 && value !== 0;
  return tiny ? value.toPrecision(3) : String(Number(value.toFixed(3)));
}

function twoUnits(micros: number, large: number, largeName: string, small: number, smallName: string): string {
  const total = Math.round(micros / small);
  const whole = Math.trunc(total / (large / small));
  const rest = Math.abs(total % (large / small));
  return rest === 0 ? `${whole} ${largeName}` : `${whole} ${largeName} ${rest} ${smallName}`;
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, "0");
}
