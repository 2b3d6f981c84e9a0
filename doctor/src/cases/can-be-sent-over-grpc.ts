import type { HeaderLines } from "./conformance-case.ts";

/**
 * HTTP/2 has only lowercase names and no blanks around a value. gRPC allows only printable ASCII in metadata.
 * @see https://www.rfc-editor.org/rfc/rfc9113#section-8.2.1
 * @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#requests (Custom-Metadata)
 */
export function canBeSentOverGrpc(headers: HeaderLines): boolean {
  return headers.every(
    ([name, value]) => name === name.toLowerCase() && value === value.trim() && /^[\x20-\x7e]*$/.test(value),
  );
}
