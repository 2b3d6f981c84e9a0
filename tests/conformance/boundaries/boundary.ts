/** A place where a context enters or leaves a process. */
import type { HeaderLines } from "../conformance-case.ts";

export interface Boundary {
  readonly name: string;
  /** Some headers cannot be sent over gRPC. */
  readonly protocol: "http" | "grpc";
  /** Sends the headers of a case in, and returns the headers that are sent out for it, as one list of lines. */
  pass(headers: HeaderLines): Promise<HeaderLines>;
  stop(): Promise<void> | void;
}

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
