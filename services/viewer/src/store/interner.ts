/** Gives the same object for the same text and the same attribute, so that what many spans repeat is kept once. */
import type { Attribute } from "../records.ts";
import { sizeOf } from "./size.ts";

export interface Interner {
  /** Bytes of what had not been seen before, since this was asked last. */
  takeBytes(): number;
  text(text: string): string;
  attributes(attributes: readonly Attribute[]): readonly Attribute[];
}

/** Longer texts are seldom equal, and to compare them takes time. */
const MAX_LENGTH = 256;
const EMPTY: readonly Attribute[] = Object.freeze([]);

type Generation = {
  readonly texts: Map<string, string>;
  readonly attributes: Map<string, Map<Attribute["value"], Attribute>>;
  bytes: number;
};

/**
 * It remembers what it saw most recently and forgets the rest, so it never holds more than twice `maxBytes`. What was
 * forgotten is kept a second time when it is seen again.
 */
export function createInterner(maxBytes: number): Interner {
  let current = createGeneration();
  let previous = createGeneration();
  let seen = 0;

  function count(bytes: number): void {
    seen += bytes;
    current.bytes += bytes;
    if (current.bytes <= maxBytes) return;
    previous = current;
    current = createGeneration();
  }

  function text(wanted: string): string {
    if (wanted.length > MAX_LENGTH) {
      seen += sizeOf(wanted);
      return wanted;
    }
    const known = current.texts.get(wanted);
    if (known !== undefined) return known;
    const older = previous.texts.get(wanted);
    const kept = older ?? wanted;
    current.texts.set(kept, kept);
    // What moves over from before takes room here, but no more memory.
    if (older === undefined) count(sizeOf(wanted));
    else current.bytes += sizeOf(kept);
    return kept;
  }

  function attribute(wanted: Attribute): Attribute {
    const { key, type, value } = wanted;
    const long = typeof value === "string" && value.length > MAX_LENGTH;
    const known = long ? undefined : find(current, wanted);
    if (known) return known;
    const older = long ? undefined : find(previous, wanted);
    const kept = older ?? {
      ...wanted,
      key: text(key),
      type,
      value: typeof value === "string" ? text(value) : value,
    };
    if (!long) remember(current, kept);
    if (older === undefined) count(ATTRIBUTE_BYTES);
    return kept;
  }

  return {
    takeBytes() {
      const bytes = seen;
      seen = 0;
      return bytes;
    },
    text,
    attributes: (attributes) => (attributes.length === 0 ? EMPTY : attributes.map(attribute)),
  };
}

const ATTRIBUTE_BYTES = 100;

function createGeneration(): Generation {
  return { texts: new Map(), attributes: new Map(), bytes: 0 };
}

function find({ attributes }: Generation, { key, type, value, otlp }: Attribute): Attribute | undefined {
  const known = attributes.get(key)?.get(value);
  return known?.type === type && known.otlp === otlp ? known : undefined;
}

function remember({ attributes }: Generation, attribute: Attribute): void {
  const byValue = attributes.get(attribute.key) ?? new Map<Attribute["value"], Attribute>();
  byValue.set(attribute.value, attribute);
  attributes.set(attribute.key, byValue);
}
