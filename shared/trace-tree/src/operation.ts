/** What a span called or served, and over which protocol. */
import type { Span } from "./trace.ts";
import type { Hop } from "./wire-types.ts";

/** `rpc package.Service/Method` or `http GET /path`; `undefined` for another protocol. */
export function operationOf({ attributes }: Span): string | undefined {
  const method = attributes["rpc.method"];
  if (method !== undefined) {
    const service = attributes["rpc.service"];
    return `rpc ${service === undefined || String(method).includes("/") ? method : `${service}/${method}`}`;
  }
  const verb = attributes["http.request.method"] ?? attributes["http.method"];
  if (verb === undefined) return undefined;
  const url = String(attributes["url.full"] ?? attributes["http.url"] ?? "");
  const path = URL.canParse(url) ? new URL(url).pathname : (attributes["url.path"] ?? attributes["http.target"] ?? "");
  return `http ${verb} ${String(path).split("?")[0]}`;
}

/** Of the first of these spans that tells. */
export function protocolOf(...spans: readonly Span[]): Hop["protocol"] {
  for (const { attributes } of spans) {
    const rpc = attributes["rpc.system.name"] ?? attributes["rpc.system"];
    if (rpc !== undefined) return String(rpc) === "grpc" ? "grpc" : "unknown";
    if (attributes["http.request.method"] !== undefined || attributes["http.method"] !== undefined) return "http";
    if (attributes["messaging.system"] !== undefined) return "message";
    if (attributes["network.protocol.name"] === "websocket") return "message";
  }
  return "unknown";
}
