/** The encodings that a body may have, each unpacked to no more than a limit. */
import { promisify } from "node:util";
import { gunzip, inflate, inflateRaw, zstdDecompress } from "node:zlib";
import { isWholeZstd } from "./zstd-frames.ts";

/** The body unpacks to more than the limit. */
export class TooLargeError extends Error {
  constructor(limit: number) {
    super(`the body must not be larger than ${limit} bytes, also after decompression`);
    this.name = "TooLargeError";
  }
}

type Unpack = (packed: Uint8Array, limit: number) => Promise<Uint8Array>;

const UNPACK: ReadonlyMap<string, Unpack> = new Map([
  ["gzip", bounded(gunzip)],
  ["deflate", unpackDeflate],
  ["zlib", bounded(inflate)],
  ["zstd", unpackZstd],
]);

/** As `content-encoding` names them; `identity` is a body that is not packed. */
export const HTTP_ENCODINGS: readonly string[] = ["identity", ...UNPACK.keys()];
/** As `grpc-encoding` names them: what HTTP calls zlib is called deflate there. */
export const GRPC_ENCODINGS: readonly string[] = ["identity", "gzip", "deflate", "zstd"];

/** @throws TooLargeError, or another error where the bytes do not have the encoding */
export async function unpack(packed: Uint8Array, encoding: string, limit: number): Promise<Uint8Array> {
  const unpackAs = UNPACK.get(encoding);
  return unpackAs ? unpackAs(packed, limit) : packed;
}

function bounded(decompress: typeof gunzip | typeof zstdDecompress): Unpack {
  const run = promisify(decompress as typeof gunzip);
  return async (packed, limit) => {
    try {
      return await run(packed, { maxOutputLength: limit });
    } catch (error) {
      throw error instanceof RangeError ? new TooLargeError(limit) : error;
    }
  };
}

/**
 * HTTP's `deflate` has zlib's header; some senders leave it out.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-deflate-coding
 */
async function unpackDeflate(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await bounded(inflate)(packed, limit);
  } catch (error) {
    if (error instanceof TooLargeError) throw error;
    return bounded(inflateRaw)(packed, limit);
  }
}

/** Bun unpacks as much as there is of a zstd body that is cut off, and reports nothing. */
async function unpackZstd(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  if (!isWholeZstd(packed)) throw new Error("the zstd body is cut off");
  return bounded(zstdDecompress)(packed, limit);
}
