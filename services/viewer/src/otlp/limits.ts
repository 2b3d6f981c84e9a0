/** How much one request may hold. A few bytes can stand for an object of hundreds: bytes alone are no limit. */
import { BinaryReader } from "@bufbuild/protobuf/wire";

/** The OpenTelemetry Collector's limit for a body, which holds for what it unpacks to as well. */
export const MAX_BODY_BYTES = 20 * 1024 * 1024;

/** Fields and list items, all levels together. A batch of 512 well-filled spans has some 100 000. */
const MAX_VALUES = 1_000_000;

/** The request holds more than the viewer takes at once. */
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

/** Every field's tag and every message's length is read with `uint32`, which is a property of each reader. */
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
  return new LimitError(`a request must not hold more than ${MAX_VALUES} values`);
}
