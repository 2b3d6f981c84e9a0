/** The gRPC service between the two halves of the relay. */

import { jsonMethod } from "./json-method.ts";
import type { RelayCall } from "./relay-calls.ts";

export interface ForwardRequest {
  readonly calls: readonly RelayCall[];
}

export interface ForwardResponse {
  readonly statuses: readonly number[];
}

export const RelayDefinition = {
  forward: jsonMethod<ForwardRequest, ForwardResponse>("/baton.conformance.v1.Relay/Forward"),
};
