/** Resources and scopes, each kept once however many records refer to it. */
import { CryptoHasher } from "bun";
import type { Attribute, Resource, Scope } from "../records.ts";
import { sizeOf } from "./size.ts";

type Origin = Resource | Scope;

/** A value that is kept once, and how many users it has. */
export interface Held<Value extends Origin> {
  readonly value: Value;
  /** Another number than that of every other value. */
  readonly id: number;
}

export interface Shared {
  /** Of all that has a user. */
  readonly bytes: number;
  /** The one that is kept, for a value with the same content. It is kept as long as it has a user. */
  find<Value extends Origin>(value: Value): Held<Value>;
  addUser(held: Held<Origin>): void;
  removeUser(held: Held<Origin>): void;
}

interface Slot extends Held<Origin> {
  readonly key: string;
  readonly bytes: number;
  users: number;
}

const SLOT_BYTES = 300;

export function createShared(): Shared {
  const slots = new Map<string, Slot>();
  // The records of one request share their resource: what it contains is read once and not once for each record.
  const known = new WeakMap<Origin, Slot>();
  let [bytes, lastId] = [0, 0];

  function findSlot(value: Origin): Slot {
    const cached = known.get(value);
    // Not where another request has brought the same content since.
    if (cached && (slots.get(cached.key) ?? cached) === cached) return cached;
    const key = keyOf(value);
    const slot = slots.get(key) ?? { value, key, id: ++lastId, bytes: SLOT_BYTES + sizeOf(value), users: 0 };
    known.set(value, slot);
    return slot;
  }

  return {
    get bytes() {
      return bytes;
    },
    find: <Value extends Origin>(value: Value) => findSlot(value) as Slot & Held<Value>,
    addUser(held) {
      const slot = held as Slot;
      slot.users += 1;
      if (slot.users > 1) return;
      slots.set(slot.key, slot);
      bytes += slot.bytes;
    },
    removeUser(held) {
      const slot = held as Slot;
      slot.users -= 1;
      if (slot.users > 0) return;
      slots.delete(slot.key);
      bytes -= slot.bytes;
    },
  };
}

/** The same for the same content; the order of attributes makes no difference. */
function keyOf(value: Origin): string {
  const attributes = value.attributes.toSorted(byKey);
  return new CryptoHasher("sha256").update(JSON.stringify({ ...value, attributes })).digest("base64");
}

function byKey(a: Attribute, b: Attribute): number {
  return a.key < b.key ? -1 : Number(a.key > b.key);
}
