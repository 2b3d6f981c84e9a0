/** 405 for a known path with a method that it does not have. Elysia would answer 404, or run the route of another method. */
import { ProblemError } from "./problem.ts";
import { requestPath } from "./request-path.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * @param routes Read at the first request, because routes are added until then.
 * @returns A check for each request before it is routed. It throws ProblemError 405 with `Allow`, or 426 where the path
 * is a WebSocket and the request is not.
 */
export function createMethodCheck(routes: () => readonly Route[]): (request: Request) => void {
  let byPath: ReadonlyMap<string, ReadonlySet<string>> | undefined;
  return (request) => {
    byPath ??= methodsByPath(routes());
    const methods = byPath.get(trimSlash(requestPath(request)));
    if (methods === undefined || methods.has(request.method)) return;
    if (!methods.has("WS")) throw notAllowed(request.method, [...methods]);
    if (request.method !== "GET") throw notAllowed(request.method, ["GET"]);
    if (request.headers.get("upgrade")?.toLowerCase() !== "websocket") throw upgradeRequired();
  };
}

function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byPath = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    const methods = byPath.get(trimSlash(path)) ?? new Set();
    methods.add(method);
    if (method === "GET") methods.add("HEAD");
    byPath.set(trimSlash(path), methods);
  }
  return byPath;
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

function notAllowed(method: string, allowed: readonly string[]): ProblemError {
  const allow = allowed.join(", ");
  return new ProblemError({
    status: 405,
    detail: `${method} is not possible here, only ${allow}.`,
    headers: { allow },
  });
}

function upgradeRequired(): ProblemError {
  return new ProblemError({
    status: 426,
    detail: "This is a WebSocket: connect to it with one.",
    headers: { upgrade: "websocket", connection: "upgrade" },
  });
}
