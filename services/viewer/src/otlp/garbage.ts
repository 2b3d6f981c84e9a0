/** What is read from request bodies and not kept is collected in time. */

/**
 * Left alone, the engine lets garbage grow until the process has more than twice what the store holds: in one run of
 * each, 600 000 spans peaked at 660 MB, and at 410 MB like this, where the store may hold 256 MiB. Each collection stops
 * the process; how much time that takes in all was not measured apart from other work.
 */
const EVERY_BYTES = 16 * 1024 * 1024;

export interface GarbageCollector {
  /** Bytes of a body that is about to be read. */
  count(bytes: number): void;
}

export function createGarbageCollector(): GarbageCollector {
  let bytesSince = 0;
  return {
    count(bytes) {
      if (bytesSince + bytes > EVERY_BYTES) {
        // Before the body is read: what the one before it left behind is garbage by now.
        Bun.gc(true);
        bytesSince = 0;
      }
      bytesSince += bytes;
    },
  };
}
