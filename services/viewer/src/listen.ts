/** Listens on a port, or reports which one failed. */
import type { Http2Server, ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { protect } from "./headers.ts";
import { isLoopback, namesLoopback } from "./loopback.ts";

export type PortName = "query" | "otlpHttp" | "otlpGrpc";

export interface Listening {
  /** Without a slash at the end. */
  readonly url: string;
  stop(): Promise<void>;
}

interface Place {
  readonly name: PortName;
  readonly host: string;
  readonly port: number;
}

/** The viewer cannot listen on a port, most often because another process has it. */
export class ListenError extends Error {
  readonly portName: PortName;
  readonly port: number;
  /** True when another process has the port. Else the reason of the system is in the message. */
  readonly taken: boolean;

  constructor({ name, host, port }: Place, cause: unknown) {
    const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
    const why = taken ? "another process has that port" : cause instanceof Error ? cause.message : String(cause);
    super(`cannot listen on ${urlHost(host)}:${port}: ${why}`, { cause });
    this.name = "ListenError";
    this.portName = name;
    this.port = port;
    this.taken = taken;
  }
}

/** @throws ListenError */
export async function listenHttp(
  options: Place & { readonly handle: (request: Request) => Response | Promise<Response> },
): Promise<Listening> {
  const { host, port, handle } = options;
  const guarded = isLoopback(host);
  try {
    const server = Bun.serve({
      hostname: host,
      port,
      fetch: async (request) =>
        protect(guarded && !namesLoopback(request.headers.get("host")) ? foreignName() : await handle(request)),
      error: failed,
    });
    return { url: `http://${urlHost(host)}:${server.port}`, stop: () => server.stop(true) };
  } catch (error) {
    throw new ListenError(options, error);
  }
}

/** @throws ListenError */
export async function listenGrpc(options: Place & { readonly server: Http2Server }): Promise<Listening> {
  const { host, port, server } = options;
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("close", () => sessions.delete(session));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", (error) => reject(new ListenError(options, error)));
  server.listen(port, host, resolve);
  await promise;
  const bound = server.address() as AddressInfo;
  const stop = async () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { url: `http://${urlHost(host)}:${bound.port}`, stop };
}

/** An error of the viewer: the client sees only that there is one; the reason is printed. */
function failed(error: Error): Response {
  console.error(`viewer: ${error.stack ?? error.message}`);
  return protect(new Response("The viewer failed to answer this.\n", { status: 500 }));
}

function foreignName(): Response {
  return new Response(
    "This viewer answers only requests to a name of this machine, such as localhost. Set VIEWER_HOST to change that.\n",
    {
      status: 403,
    },
  );
}

function urlHost(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
