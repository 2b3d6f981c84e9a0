/** Limits for one request. A few bytes can become an object of some hundred bytes, so objects are limited too. */
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** The OpenTelemetry Collector's limit for a body, before and after decompression. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Fields and list items on all levels together. A batch of 512 large spans has about 100 000. */
const MAX_VALUES = 1_000_000;

/** The request has more values than the viewer accepts at once. */
export class LimitError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "LimitError";
  }
}

/** @throws LimitError, or what the decoder throws */
export function decodeBounded<Message>(
  type: { decode(input: BinaryReader | Uint8Array): Message },
  bytes: Uint8Array,
): Message {
  return type.decode(countingReader(bytes));
}

/** @throws LimitError */
export function checkJsonValues(json: string): void {
  let values = 0;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const character = json[index];
    if (character === '"') inText = !inText;
    else if (inText && character === "\\") index += 1;
    else if (!inText && (character === "," || character === "{" || character === "[")) values += 1;
  }
  if (values > MAX_VALUES) throw tooMany();
}

/** The reader calls its own `uint32` for the tag of each field and the length of each message, so calls are counted. */
function countingReader(bytes: Uint8Array): BinaryReader {
  const reader = new BinaryReader(bytes);
  const read = reader.uint32;
  let reads = 0;
  reader.uint32 = () => {
    reads += 1;
    if (reads > MAX_VALUES) throw tooMany();
    return read.call(reader);
  };
  return reader;
}

function tooMany(): LimitError {
  return new LimitError(`a request must not have more than ${MAX_VALUES} values`);
}
