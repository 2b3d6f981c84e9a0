/** Walks the frames of a zstd body without unpacking it. @see https://www.rfc-editor.org/rfc/rfc8878#name-frames */

const MAGIC = 0xfd2fb528;
/** Sixteen magic numbers mark frames that hold no data. */
const SKIPPABLE = 0x184d2a5;
const RLE_BLOCK = 1;

/** Whether each frame, from the first byte to the last, is there to its end. */
export function isWholeZstd(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  try {
    while (at < bytes.length) at = frameEnd(view, at);
  } catch (error) {
    // A read behind the end of the view.
    if (error instanceof RangeError) return false;
    throw error;
  }
  return at === bytes.length && at > 0;
}

function frameEnd(view: DataView, start: number): number {
  const magic = view.getUint32(start, true);
  if (magic >>> 4 === SKIPPABLE) return start + 8 + view.getUint32(start + 4, true);
  if (magic !== MAGIC) throw new RangeError("no frame");
  const descriptor = view.getUint8(start + 4);
  let at = start + 5 + headerBytes(descriptor);
  for (let last = false; !last; ) {
    const header = view.getUint8(at) | (view.getUint8(at + 1) << 8) | (view.getUint8(at + 2) << 16);
    last = (header & 1) === 1;
    const isRle = ((header >> 1) & 3) === RLE_BLOCK;
    at += 3 + (isRle ? 1 : header >> 3);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  return at + (hasChecksum ? 4 : 0);
}

/** Of the window, the dictionary's id and the content's size, which follow the descriptor. */
function headerBytes(descriptor: number): number {
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const content = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingleSegment ? 0 : 1) + dictionary + content;
}
