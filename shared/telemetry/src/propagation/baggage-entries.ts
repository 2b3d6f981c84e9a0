/** Entries of the `baggage` header: the grammar of one member, and the `Baggage` that holds received ones. */
import { type Baggage, type BaggageEntry, baggageEntryMetadataFromString } from "@opentelemetry/api";
import { trimBlanks } from "./carriers.ts";

/** The parts of one valid list member. */
export interface BaggageMember {
  readonly key: string;
  /** Decoded. */
  readonly value: string;
  /** Properties as they were sent, separated by ";", without the white space around them. Empty when there are none. */
  readonly properties: string;
  /** The text after `key=`, as it is sent on. */
  readonly encoded: string;
}

// RFC 9110 token, and baggage-octet: printable ASCII without space, DQUOTE, comma, semicolon and backslash.
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const OCTETS = /^[!#-+\--:<-[\]-~]*$/;
/** Characters that must be percent-encoded: all that are not baggage-octets, and "%" itself. */
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
  if (properties === undefined || !TOKEN.test(key) || !OCTETS.test(raw)) return undefined;
  return { key, value: decodeValue(raw), properties, encoded: join(raw, properties) };
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

/** Octets that are not UTF-8 become U+FFFD. @see https://www.w3.org/TR/baggage/#value */
function decodeValue(raw: string): string {
  if (!raw.includes("%")) return raw;
  try {
    return decodeURIComponent(raw);
  } catch {
    // A "%" that does not start an encoded octet stands for itself.
    const octets = raw.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Buffer.from(octets, "latin1"));
  }
}

/** The text to send after `key=` for an entry; `undefined` when its properties are malformed. */
function encodeEntry({ value, metadata }: BaggageEntry): string | undefined {
  const text = metadata?.toString() ?? "";
  const properties = text === "" ? "" : normaliseProperties(text);
  if (properties === undefined) return undefined;
  // Encodes no more than must be, because the header has a limit. A lone surrogate has no UTF-8 form, and
  // encodeURIComponent throws on it.
  return join(
    value.toWellFormed().replace(ENCODED, (run) => encodeURIComponent(run)),
    properties,
  );
}

function join(encodedValue: string, properties: string): string {
  return properties === "" ? encodedValue : `${encodedValue};${properties}`;
}

interface StoredEntry {
  readonly entry: Readonly<BaggageEntry>;
  /**
   * The text after `key=` in the header. Kept for received members, so that they do not get longer when they are passed
   * on. `undefined` for an entry that cannot be sent.
   */
  readonly encoded: string | undefined;
}

/** Baggage that was received. Immutable, like the api's own. Of a repeated key the last value is used. */
export class ReceivedBaggage implements Baggage {
  readonly #entries: ReadonlyMap<string, StoredEntry>;

  private constructor(entries: ReadonlyMap<string, StoredEntry>) {
    this.#entries = entries;
  }

  static of(members: Iterable<BaggageMember>): ReceivedBaggage {
    const entries = new Map<string, StoredEntry>();
    for (const { key, value, properties, encoded } of members) {
      const entry = properties === "" ? { value } : { value, metadata: baggageEntryMetadataFromString(properties) };
      entries.set(key, { entry, encoded });
    }
    return new ReceivedBaggage(entries);
  }

  getEntry(key: string): BaggageEntry | undefined {
    const stored = this.#entries.get(key);
    return stored && { ...stored.entry };
  }

  getAllEntries(): [string, BaggageEntry][] {
    return [...this.#entries].map(([key, { entry }]) => [key, { ...entry }]);
  }

  setEntry(key: string, entry: BaggageEntry): ReceivedBaggage {
    const stored = { entry: { ...entry }, encoded: encodeEntry(entry) };
    return new ReceivedBaggage(new Map(this.#entries).set(key, stored));
  }

  removeEntry(key: string): ReceivedBaggage {
    return this.removeEntries(key);
  }

  removeEntries(...keys: string[]): ReceivedBaggage {
    const entries = new Map(this.#entries);
    for (const key of keys) entries.delete(key);
    return new ReceivedBaggage(entries);
  }

  clear(): ReceivedBaggage {
    return new ReceivedBaggage(new Map());
  }

  encodedEntries(): [string, string | undefined][] {
    return [...this.#entries].map(([key, { encoded }]) => [key, encoded]);
  }
}

/** Key and text of each entry that has a valid form in the header, for any implementation of `Baggage`. */
export function* sendableEntries(baggage: Baggage): Generator<readonly [key: string, encoded: string]> {
  const entries =
    baggage instanceof ReceivedBaggage
      ? baggage.encodedEntries()
      : baggage.getAllEntries().map(([key, entry]) => [key, encodeEntry(entry)] as const);
  for (const [key, encoded] of entries) {
    if (encoded !== undefined && TOKEN.test(key)) yield [key, encoded];
  }
}
