/** A unary gRPC method whose messages are JSON objects, so that no generated code is needed. */
export function jsonMethod<Request extends object, Response extends object>(path: string) {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: toJson<Request>,
    requestDeserialize: fromJson<Request>,
    responseSerialize: toJson<Response>,
    responseDeserialize: fromJson<Response>,
    options: {},
  } as const;
}

function toJson<T>(message: T): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(message));
}

function fromJson<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
