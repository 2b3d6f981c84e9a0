/** `google.rpc.RetryInfo` of a gRPC error: how long the receiver asks to wait. */
import type { Metadata } from "@grpc/grpc-js";

const TYPE_URL = "type.googleapis.com/google.rpc.RetryInfo";

/**
 * Reads `grpc-status-details-bin`: Status.details (3) of Any { type_url (1), value (2) }, the value RetryInfo
 * { retry_delay (1): Duration { seconds (1), nanos (2) } }. Undefined where there is none or it cannot be read.
 * @see https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-throttling
 */
export function readRetryDelay(metadata: Metadata | undefined): number | undefined {
  const [details] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!(details instanceof Uint8Array)) return undefined;
  for (const [field, any] of fields(details)) {
    if (field !== 3 || !(any instanceof Uint8Array)) continue;
    const parts = new Map(fields(any));
    const type = parts.get(1);
    const value = parts.get(2);
    if (!(type instanceof Uint8Array) || new TextDecoder().decode(type) !== TYPE_URL) continue;
    if (!(value instanceof Uint8Array)) return 0;
    const duration = new Map(fields(value)).get(1);
    if (!(duration instanceof Uint8Array)) return 0;
    const numbers = new Map(fields(duration));
    return Number(numbers.get(1) ?? 0) * 1000 + Number(numbers.get(2) ?? 0) / 1e6;
  }
  return undefined;
}

type FieldValue = number | Uint8Array;

/** The fields of a protobuf message, as far as they can be read: numbers and byte strings. */
function fields(bytes: Uint8Array): [number, FieldValue][] {
  const found: [number, FieldValue][] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; at < bytes.length; factor *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * factor;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    const field = Math.floor(tag / 8);
    if (tag % 8 === 0) found.push([field, varint()]);
    else if (tag % 8 === 2) {
      const length = varint();
      found.push([field, bytes.subarray(at, at + length)]);
      at += length;
    } else break;
  }
  return found;
}
