/** The spans that the scenarios' trees are made of. */
import { callerService } from "./caller.ts";
import type { ExpectedSpan } from "./expected-tree.ts";

type Attributes = NonNullable<ExpectedSpan["attributes"]>;
type Children = readonly ExpectedSpan[];

/** A gRPC status that is the server's fault; the others are the caller's. */
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

/** The span that back makes by hand. */
export function rollDice(rolls: number, sides: number, player?: string): ExpectedSpan {
  return { service: "back", kind: "internal", name: "roll dice" };
}

/** The same, when something was thrown other than dice. */
export function brokenRoll(player: string): ExpectedSpan {
  return { ...rollDice(1, 6, player), status: "error", events: ["exception"] };
}

/** The span of whoever called front: the demo itself. */
export function caller(name: string, children: Children): ExpectedSpan {
  return { service: callerService, kind: "client", name, children };
}
