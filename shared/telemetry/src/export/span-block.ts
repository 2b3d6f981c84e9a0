/** The blocks that spans wait in, as bytes: each is written to again when all of its spans have gone out. */
import { BLOCK_BYTES, type Block } from "./protobuf-writer.ts";

/** More than a batch of spans of usual size needs. */
const MAX_SPARE = 8;

export interface BlockPool {
  /** A block of at least so many bytes; its content is anything. */
  readonly allocate: (bytes: number) => Block;
  readonly giveBack: (block: Block) => void;
}

/**
 * New memory for every batch would come back from the system page by page, and drive the rest of the service out of
 * the processor's caches.
 */
export function createBlockPool(): BlockPool {
  const spare: Block[] = [];
  return {
    allocate: (bytes) => (bytes <= BLOCK_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(bytes),
    giveBack: (block) => {
      // A larger one was made for a single span.
      if (block.length === BLOCK_BYTES && spare.length < MAX_SPARE) spare.push(block);
    },
  };
}

/** A block with the number of spans in it that are still to be read. */
export class SpanBlock {
  readonly bytes: Block;
  readonly #pool: BlockPool;
  #spans = 0;
  #isFull = false;

  constructor(bytes: Block, pool: BlockPool) {
    this.bytes = bytes;
    this.#pool = pool;
  }

  /** One more span lies here. */
  hold(): void {
    this.#spans += 1;
  }

  /** One of the spans was read for the last time. Where that is never said, the garbage collector has the block. */
  release(): void {
    this.#spans -= 1;
    this.#reuse();
  }

  /** No more spans will be written here. */
  close(): void {
    this.#isFull = true;
    this.#reuse();
  }

  #reuse(): void {
    if (this.#isFull && this.#spans === 0) this.#pool.giveBack(this.bytes);
  }
}
