/** The grammar of the `baggage` header: which members are valid, and how values are percent-encoded. */
import { trimBlanks } from "./text.ts";

/** One valid list member, taken apart. */
export interface BaggageMember {
  readonly key: string;
  /** Decoded. */
  readonly value: string;
  /** Properties as they were sent, separated by ";", without the white space around them. Empty when there are none. */
  readonly properties: string;
  /** What stands after `key=`, ready to be sent on. */
  readonly encoded: string;
}

// RFC 9110 token, and baggage-octet: printable ASCII without space, DQUOTE, comma, semicolon and backslash.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const OCTETS = /^[!#-+\--:<-[\]-~]*$/;
/** What has to be percent-encoded: everything that is not a baggage-octet, and "%" itself. */
const ENCODED = /[^!#$&-+\--:<-[\]-~]+/g;

/**
 * Reads one list member; `undefined` when any part of it is malformed.
 * @see https://www.w3.org/TR/baggage/#definition
 */
export function parseBaggageMember(text: string): BaggageMember | undefined {
  const semicolon = text.indexOf(";");
  const pair = semicolon < 0 ? text : text.slice(0, semicolon);
  const equals = pair.indexOf("=");
  if (equals < 0) return undefined;
  const key = trimBlanks(pair.slice(0, equals));
  const raw = trimBlanks(pair.slice(equals + 1));
  const properties = semicolon < 0 ? "" : normaliseProperties(text.slice(semicolon + 1));
  if (properties === undefined || !isBaggageKey(key) || !OCTETS.test(raw)) return undefined;
  return { key, value: decodeValue(raw), properties, encoded: join(raw, properties) };
}

/** What to send after `key=` for a value and its properties; `undefined` when the properties are malformed. */
export function encodeBaggageValue(value: string, properties: string): string | undefined {
  const normalised = properties === "" ? "" : normaliseProperties(properties);
  return normalised === undefined ? undefined : join(encodeValue(value), normalised);
}

/** @see https://www.w3.org/TR/baggage/#key */
export function isBaggageKey(key: string): boolean {
  return TOKEN.test(key);
}

function join(encodedValue: string, properties: string): string {
  return properties === "" ? encodedValue : `${encodedValue};${properties}`;
}

/** @see https://www.w3.org/TR/baggage/#property */
function normaliseProperties(text: string): string | undefined {
  const properties: string[] = [];
  for (const part of text.split(";")) {
    const equals = part.indexOf("=");
    const key = trimBlanks(equals < 0 ? part : part.slice(0, equals));
    const value = equals < 0 ? undefined : trimBlanks(part.slice(equals + 1));
    if (!TOKEN.test(key) || (value !== undefined && !OCTETS.test(value))) return undefined;
    properties.push(value === undefined ? key : `${key}=${value}`);
  }
  return properties.join(";");
}

/** Encodes no more than must be: a value grows as little as it can, and the header has a limit. */
function encodeValue(value: string): string {
  // A lone surrogate has no UTF-8 form, and encodeURIComponent throws on it.
  return value.toWellFormed().replace(ENCODED, (run) => encodeURIComponent(run));
}

/** Octets that are not UTF-8 become U+FFFD. @see https://www.w3.org/TR/baggage/#value */
function decodeValue(raw: string): string {
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(percentDecode(raw));
  }
}

/** A "%" that does not start an encoded octet stands for itself. */
function percentDecode(raw: string): Uint8Array {
  const bytes: number[] = [];
  for (let index = 0; index < raw.length; index++) {
    const digits = raw.slice(index + 1, index + 3);
    if (raw[index] === "%" && /^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes.push(Number.parseInt(digits, 16));
      index += 2;
    } else {
      bytes.push(raw.charCodeAt(index));
    }
  }
  return Uint8Array.from(bytes);
}
