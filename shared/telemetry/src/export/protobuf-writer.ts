/** Writes protobuf fields one after another into large blocks. @see https://protobuf.dev/programming-guides/encoding/ */

export const BLOCK_BYTES = 64 * 1024;
/** Up to here a loop in JavaScript is faster than a call into Bun. */
const SHORT_TEXT = 48;

export type Block = Buffer<ArrayBuffer>;

export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

/**
 * Methods that end in `Field` write tag and value; the number of the field is at most 15, so that its tag is one byte.
 *
 * What is written between `begin()` and its end lies in one block. Before a `restart()` the writer never goes back, so
 * whoever keeps the place of a piece may read it until then.
 */
export class ProtobufWriter {
  block: Block;
  position = 0;
  #start = 0;
  readonly #allocate: (bytes: number) => Block;

  /** @param allocate Makes a block of at least so many bytes. */
  constructor(bytes = BLOCK_BYTES, allocate: (bytes: number) => Block = Buffer.allocUnsafeSlow) {
    this.block = allocate(bytes);
    this.#allocate = allocate;
  }

  /** Forgets all that was written, and begins again where it began. */
  restart(): void {
    this.position = 0;
    this.#start = 0;
  }

  /** Goes on in a block of the usual size: the one before was made for a large piece, and is to hold nothing else. */
  leaveBlock(): void {
    this.block = this.#allocate(BLOCK_BYTES);
    this.restart();
  }

  /** Starts a piece that must lie in one block. */
  begin(): number {
    this.#start = this.position;
    return this.position;
  }

  /** Where the piece begins: it moves to a new block when the old one has no room for it. */
  get start(): number {
    return this.#start;
  }

  /** Makes room for so many bytes. Every method below that takes a size of its own calls it. */
  reserve(bytes: number): void {
    if (this.position + bytes <= this.block.length) return;
    const piece = this.block.subarray(this.#start, this.position);
    this.block = this.#allocate(Math.max(BLOCK_BYTES, 2 * (piece.length + bytes)));
    this.block.set(piece);
    this.position = piece.length;
    this.#start = 0;
  }

  tag(field: number, type: number): void {
    this.reserve(2);
    const key = (field << 3) | type;
    if (key < 0x80) {
      this.block[this.position++] = key;
    } else {
      this.block[this.position++] = (key & 0x7f) | 0x80;
      this.block[this.position++] = key >>> 7;
    }
  }

  /** Of an integer of at most 64 bits; a negative one takes ten bytes. */
  varint(value: number): void {
    this.reserve(10);
    if (value >= 0 && value <= 0x7fffffff) {
      let rest = value;
      while (rest > 0x7f) {
        this.block[this.position++] = (rest & 0x7f) | 0x80;
        rest >>>= 7;
      }
      this.block[this.position++] = rest;
      return;
    }
    let rest = BigInt.asUintN(64, BigInt(value));
    while (rest > 0x7fn) {
      this.block[this.position++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.block[this.position++] = Number(rest);
  }

  fixed32(value: number): void {
    this.reserve(4);
    this.position = this.block.writeUInt32LE(value >>> 0, this.position);
  }

  /** A field with `high * 2^32 + low`. */
  fixed64Field(field: number, low: number, high: number): void {
    this.reserve(9);
    const { block } = this;
    let at = this.position;
    block[at++] = (field << 3) | FIXED64;
    block[at++] = low;
    block[at++] = low >>> 8;
    block[at++] = low >>> 16;
    block[at++] = low >>> 24;
    block[at++] = high;
    block[at++] = high >>> 8;
    block[at++] = high >>> 16;
    block[at++] = high >>> 24;
    this.position = at;
  }

  /** A field with an integer, most often of one byte. */
  varintField(field: number, value: number): void {
    this.reserve(11);
    this.block[this.position++] = (field << 3) | VARINT;
    if (value >= 0 && value < 0x80) this.block[this.position++] = value;
    else this.varint(value);
  }

  double(value: number): void {
    this.reserve(8);
    this.position = this.block.writeDoubleLE(value, this.position);
  }

  /** A field with a text, in UTF-8. */
  textField(field: number, text: string): void {
    const { length } = text;
    this.reserve(length * 3 + 6);
    this.block[this.position++] = (field << 3) | BYTES;
    if (length <= SHORT_TEXT && this.#ascii(text)) return;
    const open = this.open();
    this.position += this.block.write(text, this.position, "utf8");
    this.close(open);
  }

  /** False, with nothing written, for a text that is not all ASCII. */
  #ascii(text: string): boolean {
    const { block } = this;
    const { length } = text;
    let at = this.position;
    block[at++] = length;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) return false;
      block[at++] = code;
    }
    this.position = at;
    return true;
  }

  bytes(bytes: Uint8Array): void {
    this.varint(bytes.length);
    this.reserve(bytes.length);
    this.block.set(bytes, this.position);
    this.position += bytes.length;
  }

  /** A few of these bytes as they are, in a loop: they are too few to be worth a call into Bun. */
  raw(bytes: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    const { block } = this;
    let at = this.position;
    for (let index = start; index < end; index++) block[at++] = bytes[index] ?? 0;
    this.position = at;
  }

  /** What was written before, as it is. */
  copy(block: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.block.set(block.subarray(start, end), this.position);
    this.position += end - start;
  }

  /** A field with the bytes of fewer than 256 hexadecimal digits. */
  hexField(field: number, digits: string): void {
    const length = digits.length >>> 1;
    this.reserve(length + 2);
    const { block } = this;
    let at = this.position;
    block[at++] = (field << 3) | BYTES;
    block[at++] = length;
    for (let index = 0; index < length; index++) {
      block[at++] = (nibble(digits.charCodeAt(2 * index)) << 4) | nibble(digits.charCodeAt(2 * index + 1));
    }
    this.position = at;
  }

  /** Starts a field with a message whose length is known at its end. Hand what it returns to `close()`. */
  openField(field: number): number {
    this.reserve(2);
    this.block[this.position++] = (field << 3) | BYTES;
    return this.open();
  }

  /** Leaves room for a length. Hand what it returns to `close()`. */
  open(): number {
    this.reserve(1);
    this.position += 1;
    // Relative, because the piece may move to another block.
    return this.position - this.#start;
  }

  close(open: number): void {
    const start = this.#start + open;
    const length = this.position - start;
    const more = length < 0x80 ? 0 : length < 0x4000 ? 1 : length < 0x200000 ? 2 : 3;
    if (more === 0) {
      this.block[start - 1] = length;
      return;
    }
    // Most messages are short, so one byte is left for the length, and a long one is moved.
    this.reserve(more + 10);
    const from = this.#start + open;
    this.block.copyWithin(from + more, from, this.position);
    const end = this.position + more;
    this.position = from - 1;
    this.varint(length);
    this.position = end;
  }
}

/** Of the code of a digit or a letter from a to f, in either case. */
function nibble(code: number): number {
  return (code & 0x0f) + (code >>> 6) * 9;
}
