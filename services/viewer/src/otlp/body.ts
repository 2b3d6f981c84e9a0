/** The decompressed body of a request. The limit holds before and after decompression. */
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { MAX_BODY_BYTES } from "./limits.ts";

/** The body is refused, with this HTTP status. */
export class BodyError extends Error {
  readonly status: 400 | 413 | 415;

  constructor(status: 400 | 413 | 415, message: string) {
    super(message);
    this.name = "BodyError";
    this.status = status;
  }
}

const gunzipAsync = promisify(gunzip);

/** @throws BodyError */
export async function readBody(request: Request, limit = MAX_BODY_BYTES): Promise<Uint8Array> {
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  if (encoding !== "gzip" && encoding !== "identity") {
    throw new BodyError(415, `content-encoding must be gzip or identity, not ${encoding}`);
  }
  const packed = await collect(request, limit);
  return encoding === "gzip" ? unpack(packed, limit) : packed;
}

async function collect(request: Request, limit: number): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length")) > limit) throw tooLarge(limit);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function unpack(packed: Uint8Array, limit: number): Promise<Uint8Array> {
  try {
    return await gunzipAsync(packed, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limit);
    throw new BodyError(400, "the body is not gzip as content-encoding says");
  }
}

function tooLarge(limit: number): BodyError {
  return new BodyError(413, `the body must not be larger than ${limit} bytes, also after decompression`);
}
