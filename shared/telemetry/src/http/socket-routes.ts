/** Which routes take a WebSocket: only their requests are asked whether they are a handshake. */

/** An Elysia application, as far as it is needed here. */
interface App {
  readonly routes: readonly { readonly method: string; readonly path: string }[];
}

export interface SocketRoutes {
  readFrom(app: App): void;
  has(route: string): boolean;
}

/** Each route is looked up when it is first seen: a plugin that is loaded late adds its routes after the start. */
export function createSocketRoutes(): SocketRoutes {
  const known = new Map<string, boolean>();
  let app: App = { routes: [] };
  return {
    readFrom: (started) => {
      app = started;
      known.clear();
    },
    has: (route) => {
      let takesSockets = known.get(route);
      if (takesSockets === undefined) {
        takesSockets = app.routes.some(({ method, path }) => method === "WS" && path === route);
        known.set(route, takesSockets);
      }
      return takesSockets;
    },
  };
}
