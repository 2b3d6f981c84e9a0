/** A map remembers the order of insertion, so it can serve as a queue. */

/**
 * Gives a function that takes out the entry that was put in first; undefined when the map is empty.
 *
 * It goes on with one iterator: a new one would have to step over all that was ever deleted at the front, which made
 * the removal of one entry out of 20 000 take 30 µs instead of none.
 */
export function createTakeOldest<Key, Value>(map: Map<Key, Value>): () => Value | undefined {
  let entries = map.entries();
  return () => {
    let next = entries.next();
    if (next.done) {
      // An iterator that has once come to the end stays there.
      entries = map.entries();
      next = entries.next();
    }
    if (next.done) return undefined;
    const [key, value] = next.value;
    map.delete(key);
    return value;
  };
}
