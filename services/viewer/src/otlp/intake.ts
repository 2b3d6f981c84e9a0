/** Takes the bodies of requests, over HTTP and gRPC together, in bounded memory. */
import { createGarbageCollector } from "./garbage.ts";
import { MAX_BODY_BYTES } from "./limits.ts";
import { TooLargeError, unpack } from "./unpack.ts";

/** The body is refused, with this HTTP status. */
export class BodyError extends Error {
  readonly status: 400 | 408 | 413 | 415 | 503;

  constructor(status: BodyError["status"], message: string) {
    super(message);
    this.name = "BodyError";
    this.status = status;
  }
}

export interface Body {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** In lower case. */
  readonly encoding: string;
  readonly encodings: readonly string[];
  /** What the sender says that it is going to send, in bytes. */
  readonly length?: number;
}

export interface Intake {
  /**
   * Gives the unpacked body to `use`. Until that returns, the body counts as in flight. A promise is for what is known of a
   * body only after its first bytes; the time limit holds for them, too.
   * @throws BodyError, or what the promise is rejected with
   */
  take<Result>(body: Body | Promise<Body>, use: (bytes: Uint8Array) => Result): Promise<Result>;
}

export interface IntakeOptions {
  /** Bytes of all bodies in flight, as they were sent. @default 40 MiB */
  readonly maxBytes?: number;
  /** Bytes of one body, before and after it is unpacked. @default 20 MiB */
  readonly maxBodyBytes?: number;
  /** Bodies that wait to be unpacked. @default 100 */
  readonly maxWaiting?: number;
  /** For one body to arrive. @default 30000 */
  readonly timeoutMs?: number;
}

/** Seconds after which a sender that got 503 may come back. */
export const RETRY_AFTER_S = 1;

/** What a piece counts as at least, because each takes the memory of an object: a body may arrive byte by byte. */
const MIN_PIECE_BYTES = 256;

/** Of packed bodies one is unpacked at a time, so a small body that unpacks to much takes its memory once. */
export function createIntake(options: IntakeOptions = {}): Intake {
  const { maxBodyBytes = MAX_BODY_BYTES, maxBytes = 2 * maxBodyBytes, maxWaiting = 100, timeoutMs = 30_000 } = options;
  let [inFlight, waiting] = [0, 0];
  let turn: Promise<unknown> = Promise.resolve();
  const garbage = createGarbageCollector();

  async function collect(body: Body | Promise<Body>, count: (bytes: number) => void) {
    const deadline = createDeadline(timeoutMs);
    try {
      const { chunks, length = 0, encoding, encodings } = await deadline.wait(Promise.resolve(body));
      if (!encodings.includes(encoding)) {
        throw new BodyError(415, `the encoding of the body must be one of ${encodings.join(", ")}, not ${encoding}`);
      }
      if (length > maxBodyBytes) throw tooLarge(maxBodyBytes);
      const parts: Uint8Array[] = [];
      let total = 0;
      for await (const part of inTime(chunks, deadline)) {
        total += part.length;
        if (total > maxBodyBytes) throw tooLarge(maxBodyBytes);
        count(Math.max(part.length, MIN_PIECE_BYTES));
        parts.push(part);
      }
      return { packed: parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts), encoding };
    } finally {
      deadline.end();
    }
  }

  function inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    if (waiting >= maxWaiting) throw busy();
    waiting += 1;
    const result = turn.then(run).finally(() => {
      waiting -= 1;
    });
    turn = result.catch(() => undefined);
    return result;
  }

  return {
    async take(body, useBytes) {
      const use = (bytes: Uint8Array) => {
        garbage.count(bytes.length);
        return useBytes(bytes);
      };
      let held = 0;
      const count = (bytes: number) => {
        if (inFlight + bytes > maxBytes) throw busy();
        inFlight += bytes;
        held += bytes;
      };
      try {
        const { packed, encoding } = await collect(body, count);
        if (encoding === "identity") return use(packed);
        return await inTurn(async () => use(await unpackBody(packed, encoding, maxBodyBytes)));
      } finally {
        inFlight -= held;
      }
    },
  };
}

async function unpackBody(packed: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
  try {
    return await unpack(packed, encoding, limit);
  } catch (error) {
    if (error instanceof TooLargeError) throw tooLarge(limit);
    throw new BodyError(400, `the body is not packed with ${encoding}, as its header says`);
  }
}

type Deadline = ReturnType<typeof createDeadline>;

/** One time limit for all waits for a body. A sender that takes too long is given up, so that it does not hold memory for ever. */
function createDeadline(timeoutMs: number) {
  let isOver = false;
  let giveUp = () => {};
  const timer = setTimeout(() => {
    isOver = true;
    giveUp();
  }, timeoutMs);
  return {
    // No race with one promise for all: that would keep something of each wait until the end.
    wait: <Value>(promise: Promise<Value>) =>
      new Promise<Value>((resolve, reject) => {
        giveUp = () => reject(new BodyError(408, `the body did not arrive within ${timeoutMs} ms`));
        if (isOver) giveUp();
        promise.then(resolve, reject);
      }),
    end: () => clearTimeout(timer),
  };
}

async function* inTime(chunks: AsyncIterable<Uint8Array>, deadline: Deadline): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  let isDone = false;
  try {
    while (true) {
      const next = await deadline.wait(iterator.next());
      isDone = next.done === true;
      if (isDone) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a sender that hangs would hold this up, too.
    if (!isDone) iterator.return?.().catch(() => undefined);
  }
}

function tooLarge(limit: number): BodyError {
  return new BodyError(413, new TooLargeError(limit).message);
}

function busy(): BodyError {
  return new BodyError(503, `the viewer holds as many request bodies as it may: send it again in ${RETRY_AFTER_S} s`);
}
