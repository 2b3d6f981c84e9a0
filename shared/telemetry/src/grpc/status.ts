/** gRPC status -> span status, for each side: two exhaustive tables. */
import { Status } from "nice-grpc-common";

interface StatusRow {
  /** The name that `rpc.status_code` carries. */
  readonly name: string;
  /** Does this status make the CLIENT span an error? */
  readonly clientError: boolean;
  /** Does it make the SERVER span an error? Only where the server, not the caller, is at fault. */
  readonly serverError: boolean;
}

/**
 * Every status that gRPC defines. A client's call failed unless it is OK; a server failed only where it is to blame.
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/
 * @see https://grpc.io/docs/guides/status-codes/
 */
export const GRPC_STATUS: Readonly<Record<Status, StatusRow>> = {
  [Status.OK]: { name: "OK", clientError: false, serverError: false },
  [Status.CANCELLED]: { name: "CANCELLED", clientError: true, serverError: false },
  [Status.UNKNOWN]: { name: "UNKNOWN", clientError: true, serverError: true },
  [Status.INVALID_ARGUMENT]: { name: "INVALID_ARGUMENT", clientError: true, serverError: false },
  [Status.DEADLINE_EXCEEDED]: { name: "DEADLINE_EXCEEDED", clientError: true, serverError: true },
  [Status.NOT_FOUND]: { name: "NOT_FOUND", clientError: true, serverError: false },
  [Status.ALREADY_EXISTS]: { name: "ALREADY_EXISTS", clientError: true, serverError: false },
  [Status.PERMISSION_DENIED]: { name: "PERMISSION_DENIED", clientError: true, serverError: false },
  [Status.RESOURCE_EXHAUSTED]: { name: "RESOURCE_EXHAUSTED", clientError: true, serverError: false },
  [Status.FAILED_PRECONDITION]: { name: "FAILED_PRECONDITION", clientError: true, serverError: false },
  [Status.ABORTED]: { name: "ABORTED", clientError: true, serverError: false },
  [Status.OUT_OF_RANGE]: { name: "OUT_OF_RANGE", clientError: true, serverError: false },
  [Status.UNIMPLEMENTED]: { name: "UNIMPLEMENTED", clientError: true, serverError: true },
  [Status.INTERNAL]: { name: "INTERNAL", clientError: true, serverError: true },
  [Status.UNAVAILABLE]: { name: "UNAVAILABLE", clientError: true, serverError: true },
  [Status.DATA_LOSS]: { name: "DATA_LOSS", clientError: true, serverError: true },
  [Status.UNAUTHENTICATED]: { name: "UNAUTHENTICATED", clientError: true, serverError: false },
};

/** A code that gRPC does not define counts as UNKNOWN, as gRPC's own libraries treat it. */
export function grpcStatusRow(code: Status): StatusRow {
  return GRPC_STATUS[code] ?? GRPC_STATUS[Status.UNKNOWN];
}
