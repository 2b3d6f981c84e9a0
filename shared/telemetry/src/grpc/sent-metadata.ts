/** The metadata of a call as it goes out: a copy of what the caller passed, with the context beside it. */
import type { TextMapSetter } from "@opentelemetry/api";
import { Metadata, type MetadataValue } from "nice-grpc-common";

type Values = (string | Uint8Array)[];

/**
 * What nice-grpc's own constructor makes, without its check of each entry: the entries that are copied were checked when
 * they were made. What others write to it goes through nice-grpc's checks.
 */
export class SentMetadata implements Metadata {
  readonly #entries = new Map<string, Values>();

  constructor(passed: Metadata | undefined) {
    if (passed === undefined) return;
    for (const [key, values] of passed) this.#entries.set(key, values);
  }

  /** For an entry of ours: the key is in lower case, and key and value are known to be valid. */
  put(key: string, value: string): void {
    this.#entries.set(key, [value]);
  }

  get<Key extends string>(key: Key): MetadataValue<Key> | undefined {
    return this.getAll(key)[0];
  }

  getAll<Key extends string>(key: Key): MetadataValue<Key>[] {
    return (this.#entries.get(key.toLowerCase()) ?? []) as MetadataValue<Key>[];
  }

  has(key: string): boolean {
    return this.#entries.has(key.toLowerCase());
  }

  delete(key: string): void {
    this.#entries.delete(key.toLowerCase());
  }

  set<Key extends string>(key: Key, value: MetadataValue<Key> | MetadataValue<Key>[]): this {
    return this.#take(key, Metadata().set(key, value));
  }

  append<Key extends string>(key: Key, value: MetadataValue<Key>): this {
    const before = this.getAll(key);
    const appended = before.length === 0 ? Metadata() : Metadata([[key, [...before]]]);
    return this.#take(key, appended.append(key, value));
  }

  [Symbol.iterator](): IterableIterator<[string, Values]> {
    return this.#entries[Symbol.iterator]();
  }

  #take(key: string, { getAll }: Metadata): this {
    const values = getAll(key);
    if (values.length === 0) this.delete(key);
    else this.#entries.set(key.toLowerCase(), values);
    return this;
  }
}

/**
 * Writes what propagators have to say, and never a binary entry, which does not exist for them.
 *
 * A `tracestate` belongs to the `traceparent` beside it: one that is left over from another must not go on.
 */
export const sentMetadataSetter: TextMapSetter<SentMetadata> = {
  set(metadata, key, value) {
    if (key.endsWith("-bin")) return;
    if (key === "traceparent") metadata.delete("tracestate");
    metadata.put(key, value);
  },
};
