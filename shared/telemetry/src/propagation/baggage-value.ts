/** Baggage that was received: the api's interface, and beside each entry the text to send on. */
import { type Baggage, type BaggageEntry, baggageEntryMetadataFromString } from "@opentelemetry/api";
import { type BaggageMember, encodeBaggageValue, isBaggageKey } from "./baggage-grammar.ts";

interface StoredEntry {
  readonly entry: Readonly<BaggageEntry>;
  /**
   * What stands after `key=` in the header. Kept for received members, so that passing them on neither costs an encoding
   * nor makes them longer than they came. `undefined` for an entry that cannot be sent.
   */
  readonly encoded: string | undefined;
}

/** Immutable, like the api's own. One value a key: of repeated ones the last wins. */
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

  /** Key and text of each entry that has a valid form on the wire. */
  *sendable(): Generator<readonly [key: string, encoded: string]> {
    for (const [key, { encoded }] of this.#entries) {
      if (encoded !== undefined && isBaggageKey(key)) yield [key, encoded];
    }
  }
}

/** Key and text of each entry of any implementation that has a valid form on the wire. */
export function* sendableEntries(baggage: Baggage): Generator<readonly [key: string, encoded: string]> {
  if (baggage instanceof ReceivedBaggage) {
    yield* baggage.sendable();
    return;
  }
  for (const [key, entry] of baggage.getAllEntries()) {
    const encoded = encodeEntry(entry);
    if (encoded !== undefined && isBaggageKey(key)) yield [key, encoded];
  }
}

function encodeEntry({ value, metadata }: BaggageEntry): string | undefined {
  return encodeBaggageValue(value, metadata?.toString() ?? "");
}
