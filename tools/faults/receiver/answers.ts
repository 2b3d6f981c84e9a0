/** The bytes of OTLP's answers, by hand: the receiver shares no code with what it receives from. */

const TYPE_OF_RETRY_INFO = "type.googleapis.com/google.rpc.RetryInfo";

/** `ExportTraceServiceResponse` with a `partial_success`; empty where nothing is rejected. */
export function exportResponse(rejected: number): Uint8Array {
  if (rejected === 0) return new Uint8Array();
  return field(1, concat(number(1, rejected), field(2, new TextEncoder().encode("refused by the test"))));
}

/** `google.rpc.Status` with a `RetryInfo`. @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling */
export function retryStatus(code: number, seconds: number): Uint8Array {
  const info = field(1, number(1, seconds));
  const any = concat(field(1, new TextEncoder().encode(TYPE_OF_RETRY_INFO)), field(2, info));
  return concat(number(1, code), field(3, any));
}

/** A message of gRPC: not compressed, its length, its bytes. */
export function frame(message: Uint8Array): Uint8Array {
  const head = new DataView(new ArrayBuffer(5));
  head.setUint32(1, message.length);
  return concat(new Uint8Array(head.buffer), message);
}

function field(id: number, bytes: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(id * 8 + 2), varint(bytes.length), bytes);
}

function number(id: number, value: number): Uint8Array {
  return concat(Uint8Array.of(id * 8), varint(value));
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  // A negative number is written as the 64 bits of its two's complement.
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
