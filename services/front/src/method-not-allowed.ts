/** A path that is known, asked in a way that it does not take. Elysia would say 404, or answer a method it never heard of. */
import { ProblemError } from "./problem.ts";
import { requestPath } from "./request-path.ts";

interface Route {
  readonly method: string;
  readonly path: string;
}

/**
 * Makes a check for each request, before it is routed.
 * @param routes Read at the first request, when all are there.
 * @returns A function that throws ProblemError 405 with `Allow`, or 426 where only a WebSocket is spoken.
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
