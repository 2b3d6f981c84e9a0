/** The attributes of gRPC spans and metrics. @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
import type { Attributes } from "@opentelemetry/api";
import { type Metadata, Status } from "nice-grpc-common";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_RPC_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "../semconv.ts";

/** `/package.Service/Method` as nice-grpc has it -> `package.Service/Method` as `rpc.method` wants it. */
export function rpcMethod(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

/** Writes `rpc.status_code` and `error.type`, the same on span and metric. @returns `attributes` */
export function writeStatus(attributes: Attributes, status: Status, isError: boolean): Attributes {
  const { name } = grpcStatusRow(status);
  attributes[ATTR_RPC_STATUS_CODE] = name;
  if (isError) attributes[ATTR_ERROR_TYPE] = name;
  return attributes;
}

/**
 * `server.address` and `server.port` of a channel's target: a single host is split, anything else (several addresses,
 * another resolver) is kept whole and has no port.
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/#client
 */
export function targetAttributes(target: string): Attributes {
  if (target.startsWith("unix:")) {
    return { [ATTR_SERVER_ADDRESS]: target.slice("unix:".length).replace(/^\/\/(?=\/)/, "") };
  }
  const host = target.replace(/^dns:(?:\/\/[^/]*\/)?\/*/, "");
  return hostAttributes(host) ?? { [ATTR_SERVER_ADDRESS]: withoutUsers(target) };
}

/** No target needs a user or a password, but a target may be made of a URL that has them. */
function withoutUsers(target: string): string {
  return target.replace(/[^/,@]*@/g, "");
}

const HOST = /^(?:\[([0-9a-fA-F:.%]+)\]|([^\s,:/[\]]+))(?::(\d{1,5}))?$/;

/**
 * `server.address` and `server.port` of an `:authority` or `host:port`, without a user; `undefined` where it is neither.
 */
export function hostAttributes(authority: string): Attributes | undefined {
  const [, v6, name, port] = HOST.exec(authority.slice(authority.lastIndexOf("@") + 1)) ?? [];
  const address = v6 ?? name;
  if (address === undefined) return undefined;
  const attributes: Attributes = { [ATTR_SERVER_ADDRESS]: address };
  if (port !== undefined) attributes[ATTR_SERVER_PORT] = Number(port);
  return attributes;
}

/** `network.peer.*` of the peer as grpc-js prints it: `127.0.0.1:4000`, `::1:4000`, or the path of a socket. */
export function peerAttributes(peer: string): Attributes {
  const colon = peer.lastIndexOf(":");
  const port = Number(peer.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || peer.startsWith("unix:")) {
    return peer === "" || peer === "unknown" ? {} : { [ATTR_NETWORK_PEER_ADDRESS]: peer };
  }
  const host = peer.slice(0, colon);
  const address = host.startsWith("[") ? host.replace(/^\[|\]$/g, "") : host;
  return { [ATTR_NETWORK_PEER_ADDRESS]: address, [ATTR_NETWORK_PEER_PORT]: port };
}

/** The entries of metadata as text: binary values in base64. @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/ */
export function* metadataEntries(metadata: Metadata): Generator<readonly [string, readonly string[]]> {
  for (const [key, values] of metadata) yield [key, values.map(printable)];
}

function printable(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}

interface StatusRow {
  /** The name that `rpc.status_code` carries. */
  readonly name: string;
  /** Does this status make the CLIENT span an error? */
  readonly clientError: boolean;
  /** Does it make the SERVER span an error? Only where the server, not the caller, is at fault. */
  readonly serverError: boolean;
}

/**
 * Every status that gRPC defines. A client's call failed unless it is OK; a server failed only where it is at fault.
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
