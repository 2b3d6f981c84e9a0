/** What is the same for every call of a method: the name of its span, its attributes, and the series of its durations. */
import type { Attributes } from "@opentelemetry/api";
import type { Status } from "nice-grpc-common";
import {
  ATTR_ERROR_TYPE,
  ATTR_RPC_METHOD,
  ATTR_RPC_STATUS_CODE,
  ATTR_RPC_SYSTEM_NAME,
  RPC_SYSTEM_NAME_VALUE_GRPC,
} from "../semconv.ts";
import { rpcMethod } from "./attributes.ts";
import { grpcStatusRow } from "./status.ts";

export interface CalledMethod {
  /** `package.Service/Method`. */
  readonly name: string;
  /** Of the span, as far as they are known before the call. Do not change them. */
  readonly attributes: Readonly<Attributes>;
  /** @param isError False too where a status that is an error was told to nobody. */
  durationAttributes(status: Status, isError: boolean): Attributes;
}

/** A service has few methods, all of them from its definition. */
const MAX_METHODS = 1000;

/** @param shared Attributes that all calls of this side have in common, on span and metric. */
export function createMethodBook(shared: Attributes): (path: string) => CalledMethod {
  const known = new Map<string, CalledMethod>();
  return (path) => {
    let method = known.get(path);
    if (method === undefined) {
      method = describeMethod(shared, rpcMethod(path));
      if (known.size < MAX_METHODS) known.set(path, method);
    }
    return method;
  };
}

function describeMethod(shared: Attributes, name: string): CalledMethod {
  const attributes: Attributes = {
    [ATTR_RPC_SYSTEM_NAME]: RPC_SYSTEM_NAME_VALUE_GRPC,
    [ATTR_RPC_METHOD]: name,
    ...shared,
  };
  return {
    name,
    attributes,
    durationAttributes: (status, isError) => ({ ...attributes, ...statusAttributes(status, isError) }),
  };
}

/** `rpc.status_code` and `error.type`, the same on span and metric. */
function statusAttributes(status: Status, isError: boolean): Attributes {
  const { name } = grpcStatusRow(status);
  return isError ? { [ATTR_RPC_STATUS_CODE]: name, [ATTR_ERROR_TYPE]: name } : { [ATTR_RPC_STATUS_CODE]: name };
}
