/** Reads the needed fields of an OTLP request in protobuf. Written from the published field numbers. */

export interface SentSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly failed: boolean;
}

interface Field {
  readonly number: number;
  /** Empty for numbers. */
  readonly bytes: Uint8Array;
  /** 0 when it is not a number. */
  readonly value: number;
}

const statusError = 2;

/** @see https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto */
export function readSentSpans(request: Uint8Array): readonly SentSpan[] {
  return spanMessages(request).map((span) => readSpan(fields(span)));
}

/** From the start to the end of each span, in milliseconds. */
export function readDurationsMs(request: Uint8Array): readonly number[] {
  return spanMessages(request).map((span) => Number(nanos(span, endField) - nanos(span, startField)) / 1e6);
}

/** When each span ended, in milliseconds since 1970. */
export function readEndsMs(request: Uint8Array): readonly number[] {
  return spanMessages(request).map((span) => Number(nanos(span, endField)) / 1e6);
}

function nanos(span: Uint8Array, number: number): bigint {
  const [bytes] = inside(span, number);
  return bytes?.length === 8 ? new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true) : 0n;
}

/** The trace ids of its spans and of their links, as views: writing into one changes the request. */
export function findTraceIds(request: Uint8Array): readonly Uint8Array[] {
  return spanMessages(request).flatMap((span) => {
    const links = inside(span, linkField).flatMap((link) => inside(link, traceIdField));
    return [...inside(span, traceIdField), ...links];
  });
}

const traceIdField = 1;
const startField = 7;
const endField = 8;
const linkField = 13;

function spanMessages(request: Uint8Array): readonly Uint8Array[] {
  const scopes = inside(request, 1).flatMap((resource) => inside(resource, 2));
  return scopes.flatMap((scope) => inside(scope, 2));
}

function inside(message: Uint8Array, number: number): readonly Uint8Array[] {
  return fields(message)
    .filter((field) => field.number === number)
    .map((field) => field.bytes);
}

function readSpan(parts: readonly Field[]): SentSpan {
  const bytes = (number: number) => parts.find((part) => part.number === number)?.bytes ?? new Uint8Array();
  const status = fields(bytes(15)).find((part) => part.number === 3)?.value;
  return { traceId: bytes(1).toHex(), spanId: bytes(2).toHex(), failed: status === statusError };
}

/** @see https://protobuf.dev/programming-guides/encoding/ */
function fields(message: Uint8Array): readonly Field[] {
  const found: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    const type = key % 8;
    if (type === 0) found.push({ number, bytes: message.subarray(0, 0), value: varint() });
    else found.push({ number, bytes: take(type === 1 ? 8 : type === 5 ? 4 : varint()), value: 0 });
  }
  return found;
}
