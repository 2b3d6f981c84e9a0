/** The attributes of a gRPC span. @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
import type { Attributes } from "@opentelemetry/api";
import type { Metadata } from "nice-grpc-common";
import {
  ATTR_NETWORK_PEER_ADDRESS,
  ATTR_NETWORK_PEER_PORT,
  ATTR_SERVER_ADDRESS,
  ATTR_SERVER_PORT,
} from "../semconv.ts";

/** `/package.Service/Method` as nice-grpc has it -> `package.Service/Method` as `rpc.method` wants it. */
export function rpcMethod(path: string): string {
  return path.startsWith("/") ? path.slice(1) : path;
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

/** A service is called by few names, over few connections at a time; more of them are read anew for each call. */
const MAX_KNOWN = 100;
const knownHosts = new Map<string, Attributes | undefined>();
const knownPeers = new Map<string, Attributes>();

/**
 * `server.address` and `server.port` of an `:authority` or `host:port`; `undefined` where it is neither. Read once for
 * each; do not change what is returned.
 */
export function hostAttributes(authority: string): Readonly<Attributes> | undefined {
  if (knownHosts.has(authority)) return knownHosts.get(authority);
  const attributes = readHost(authority);
  if (knownHosts.size < MAX_KNOWN) knownHosts.set(authority, attributes);
  return attributes;
}

function readHost(authority: string): Attributes | undefined {
  const parts = /^(?:\[(?<v6>[0-9a-fA-F:.%]+)\]|(?<name>[^\s,:/[\]]+))(?::(?<port>\d{1,5}))?$/.exec(authority)?.groups;
  const address = parts?.v6 ?? parts?.name;
  if (address === undefined) return undefined;
  const port = parts?.port;
  return port === undefined
    ? { [ATTR_SERVER_ADDRESS]: address }
    : { [ATTR_SERVER_ADDRESS]: address, [ATTR_SERVER_PORT]: Number(port) };
}

/**
 * `network.peer.*` of the peer as grpc-js prints it: `127.0.0.1:4000`, `[::1]:4000` or a socket's path. Do not change
 * what is returned.
 */
export function peerAttributes(peer: string): Readonly<Attributes> {
  let attributes = knownPeers.get(peer);
  if (attributes === undefined) {
    attributes = readPeer(peer);
    // Connections come and go: the ones that are here now are worth more than the first ones.
    if (knownPeers.size >= MAX_KNOWN) knownPeers.clear();
    knownPeers.set(peer, attributes);
  }
  return attributes;
}

function readPeer(peer: string): Attributes {
  const colon = peer.lastIndexOf(":");
  const port = Number(peer.slice(colon + 1));
  if (colon < 1 || !Number.isInteger(port) || peer.startsWith("unix:")) {
    return peer === "" || peer === "unknown" ? {} : { [ATTR_NETWORK_PEER_ADDRESS]: peer };
  }
  const host = peer.slice(0, colon);
  const address = host.startsWith("[") ? host.replace(/^\[|\]$/g, "") : host;
  return { [ATTR_NETWORK_PEER_ADDRESS]: address, [ATTR_NETWORK_PEER_PORT]: port };
}

/**
 * The values of the metadata keys on an allow-list, as `string[]` attributes; binary values in base64.
 * @see https://opentelemetry.io/docs/specs/semconv/rpc/rpc-spans/
 */
export function metadataAttributes(
  metadata: Metadata,
  keys: readonly string[],
  attributeName: (key: string) => string,
): Attributes {
  const attributes: Attributes = {};
  for (const key of keys) {
    const values = metadata.getAll(key);
    if (values.length > 0) attributes[attributeName(key.toLowerCase())] = values.map(printable);
  }
  return attributes;
}

function printable(value: string | Uint8Array): string {
  return typeof value === "string" ? value : Buffer.from(value).toString("base64");
}
