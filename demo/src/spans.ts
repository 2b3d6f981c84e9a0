/** The spans of the expected trees. */

import type { ExpectedSpan } from "@baton/trace-tree";

/** The `service.name` of the demo's own spans. */
export const callerService = "demo";

type Attributes = NonNullable<ExpectedSpan["attributes"]>;
type Children = readonly ExpectedSpan[];

/** The gRPC statuses that are an error of the server; the others are an error of the caller. */
const serverErrors = new Set(["UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS"]);

/**
 * The SERVER span of a request to front.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/#status
 */
export function frontServer(
  name: string,
  status: number,
  children: Children = [],
  more: Attributes = {},
): ExpectedSpan {
  const [method = "", route = null] = name.split(" ");
  return {
    service: "front",
    kind: "server",
    name,
    status: status >= 500 ? "error" : "unset",
    attributes: {
      "http.request.method": method,
      "http.response.status_code": status,
      "http.route": route,
      "error.type": status >= 500 ? /./ : null,
      ...more,
    },
    children,
  };
}

/** The CLIENT span of front's call to itself. */
export function frontFetch(name: string, status: number, children: Children = []): ExpectedSpan {
  const [method = "", template = null] = name.split(" ");
  const attributes = {
    "http.request.method": method,
    "http.response.status_code": status,
    "url.template": template,
    "error.type": status >= 400 ? String(status) : null,
  };
  return { service: "front", kind: "client", name, status: status >= 400 ? "error" : "unset", attributes, children };
}

/** The CLIENT span of front's call to a method of DiceService. */
export function frontCall(rpc: string, status: string, children: Children = []): ExpectedSpan {
  return rpcSpan("front", "client", rpc, status, status !== "OK", children);
}

/** The SERVER span of the same call at back. */
export function backCall(rpc: string, status: string, children: Children = []): ExpectedSpan {
  return rpcSpan("back", "server", rpc, status, serverErrors.has(status), children);
}

/** @see https://opentelemetry.io/docs/specs/semconv/rpc/grpc/ */
function rpcSpan(
  service: string,
  kind: "client" | "server",
  rpc: string,
  status: string,
  isError: boolean,
  children: Children,
): ExpectedSpan {
  const method = `baton.dice.v1.DiceService/${rpc}`;
  return {
    service,
    kind,
    name: method,
    status: isError ? "error" : "unset",
    attributes: {
      "rpc.system.name": "grpc",
      "rpc.method": method,
      "rpc.status_code": status,
      "error.type": isError ? status : null,
    },
    children,
  };
}

/** The manual span of back, for a throw that succeeded. */
export function rollDice(rolls: number, sides: number, player = ""): ExpectedSpan {
  return { ...noDice(player, rolls, sides), events: ["dice landed"] };
}

/** The same for a throw that was cancelled: no event, and no error. */
export function noDice(player: string, rolls = 1, sides = 6): ExpectedSpan {
  const attributes = { "dice.player": player, "dice.rolls": rolls, "dice.sides": sides };
  return { service: "back", kind: "internal", name: "roll dice", attributes, events: [] };
}

/** The same for a throw that failed: the exception is an event. */
export function brokenRoll(player: string, errorType: string): ExpectedSpan {
  const { attributes, ...span } = noDice(player);
  return { ...span, attributes: { ...attributes, "error.type": errorType }, status: "error", events: ["exception"] };
}

/** The span of a message on a WebSocket. */
export function message(): ExpectedSpan {
  return { service: "front", kind: "internal", name: "websocket message", links: 0 };
}

/** The same for a message that carries a context: below its sender's span, with a link to the handshake's. */
export function carriedMessage(sender: string): ExpectedSpan {
  const span = { name: "websocket message", attributes: { "network.protocol.name": "websocket" } };
  const children: Children = [{ ...span, service: "front", kind: "server", links: 1 }];
  return { ...span, service: sender, kind: "client", links: 0, children };
}

/** The span of the caller of front: the demo itself. */
export function caller(children: Children): ExpectedSpan {
  const attributes = { "http.request.method": "GET" };
  return { service: callerService, kind: "client", name: "GET", status: "unset", attributes, children };
}

/** The same tree, with more attributes on each of its spans. */
export function withAttributes(more: Attributes, span: ExpectedSpan): ExpectedSpan {
  return {
    ...span,
    attributes: { ...span.attributes, ...more },
    children: (span.children ?? []).map((child) => withAttributes(more, child)),
  };
}
