/** The attributes of gRPC spans and metrics. @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
import type { Attributes } from "@opentelemetry/api";
import type { Metadata, Status } from "nice-grpc-common";
import {
  ATTR_ERROR_TYPE,
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_RPC_STATUS_CODE,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "../semconv.ts";
import { grpcStatusRow } from "./status.ts";

/** `/package.Service/Method` as nice-grpc has it -> `package.Service/Method` as `rpc.method` wants it. */
export function rpcMethod(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
}

/** `rpc.status_code` and `error.type`, the same on span and metric. */
export function statusAttributes(status: Status, isError: boolean): Attributes {
  const { name } = grpcStatusRow(status);
  return isError ? { [ATTR_RPC_STATUS_CODE]: name, [ATTR_ERROR_TYPE]: name } : { [ATTR_RPC_STATUS_CODE]: name };
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
  return hostAttributes(host) ?? { [ATTR_SERVER_ADDRESS]: target };
}

const HOST = /^(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<name>[^\s,:/[\]]+))(?::(?<port>\d{1,5}))?$/;

/** `server.address` and `server.port` of an `:authority` or `host:port`; `undefined` where it is neither. */
export function hostAttributes(authority: string): Attributes | undefined {
  const parts = HOST.exec(authority)?.groups;
  const address = parts?.v6 ?? parts?.name;
  if (address === undefined) return undefined;
  const port = parts?.port;
  return port === undefined
    ? { [ATTR_SERVER_ADDRESS]: address }
    : { [ATTR_SERVER_ADDRESS]: address, [ATTR_SERVER_PORT]: Number(port) };
}

/** `network.peer.*` of the peer as grpc-js prints it: `127.0.0.1:4000`, `[::1]:4000` or a socket's path. */
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
