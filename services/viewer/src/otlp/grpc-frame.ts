/** A message as gRPC frames it: whether it is packed, its length, and its bytes. */

/** The bytes are not one framed message. */
export class FrameError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "FrameError";
  }
}

export interface Frame {
  readonly isPacked: boolean;
  readonly length: number;
  /** Exactly `length` bytes. @throws FrameError while they are read, where there are less or more */
  readonly chunks: AsyncIterable<Uint8Array>;
}

const PREFIX_BYTES = 5;

/**
 * The frame of a call that has one message.
 * @throws FrameError
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export async function readFrame(stream: AsyncIterable<Uint8Array>): Promise<Frame> {
  const iterator = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < PREFIX_BYTES) {
    const { value, done } = await iterator.next();
    if (done) throw new FrameError("the call ended before its message");
    head = Buffer.concat([head, value]);
  }
  const length = head.readUInt32BE(1);
  return { isPacked: head[0] === 1, length, chunks: contents(head.subarray(PREFIX_BYTES), iterator, length) };
}

export function writeFrame(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

async function* contents(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
  length: number,
): AsyncGenerator<Uint8Array> {
  let seen = 0;
  for (let chunk: Uint8Array = first; ; ) {
    seen += chunk.length;
    if (seen > length) throw new FrameError("the call holds more than one message");
    if (chunk.length > 0) yield chunk;
    const next = await rest.next();
    if (next.done) break;
    chunk = next.value;
  }
  if (seen < length) throw new FrameError("the message is shorter than its length says");
}
