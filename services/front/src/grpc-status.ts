/** From a gRPC status to what an HTTP client sees. */
import { Status } from "nice-grpc-common";

/**
 * The HTTP status of each gRPC status, as google.rpc documents it beside each code.
 * @see https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto
 */
export const httpStatusOfGrpc: Readonly<Record<Status, number>> = {
  [Status.OK]: 200,
  [Status.CANCELLED]: 499,
  [Status.UNKNOWN]: 500,
  [Status.INVALID_ARGUMENT]: 400,
  [Status.DEADLINE_EXCEEDED]: 504,
  [Status.NOT_FOUND]: 404,
  [Status.ALREADY_EXISTS]: 409,
  [Status.PERMISSION_DENIED]: 403,
  [Status.RESOURCE_EXHAUSTED]: 429,
  [Status.FAILED_PRECONDITION]: 400,
  [Status.ABORTED]: 409,
  [Status.OUT_OF_RANGE]: 400,
  [Status.UNIMPLEMENTED]: 501,
  [Status.INTERNAL]: 500,
  [Status.UNAVAILABLE]: 503,
  [Status.DATA_LOSS]: 500,
  [Status.UNAUTHENTICATED]: 401,
};

/**
 * What the client reads instead of the status message, where that may contain an address, a stack or the text of an
 * unexpected error. The message of every other status is written for the caller and is passed on.
 */
export const ownWordsOfGrpc: Readonly<Partial<Record<Status, string>>> = {
  [Status.CANCELLED]: "The call to the back service was cancelled.",
  [Status.UNKNOWN]: "The back service failed.",
  [Status.DEADLINE_EXCEEDED]: "The back service did not answer in time.",
  [Status.UNIMPLEMENTED]: "The back service does not know this call.",
  [Status.INTERNAL]: "The back service failed.",
  [Status.UNAVAILABLE]: "The back service is not available. Try again soon.",
  [Status.DATA_LOSS]: "The back service failed.",
};
