/** A TCP proxy that makes the faults of a network. It knows no protocol, so the same faults hit HTTP and gRPC. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `refuse`: nothing listens. `silent`: connections open, and nothing passes until the fault is over. `dead`: the same, and
 * those connections stay dead. `reset`: a connection is reset in the middle of what is sent. `trickle`: what is answered
 * passes byte by byte. `drop-idle`: a connection whose request was answered is closed at the moment when it is used again.
 * `reset-idle`: it is reset then.
 */
export type NetworkFault = "refuse" | "silent" | "dead" | "reset" | "trickle" | "drop-idle" | "reset-idle";

export interface TcpProxy extends AsyncDisposable {
  readonly port: number;
  /** `host:port` */
  readonly address: string;
  /** How much has passed to the target so far, in bytes. */
  readonly sentBytes: number;
  /** How often `fail` has cut, held or slowed something so far. */
  readonly faults: number;
  /** Makes a fault, or with `undefined` none any more. One change is made after the other: there is one port. */
  fail(fault: NetworkFault | undefined): Promise<void>;
  /** Stops forwarding on every connection that is open now, both ways and for ever. New ones work. */
  freeze(): void;
}

interface Connection {
  readonly near: Socket;
  readonly far: Socket;
  /** How much was sent to the target, in bytes. */
  sent: number;
  /** When something passed last, either way; 0 until a request is answered. What opens a connection is no request. */
  usedAt: number;
  frozen: boolean;
  /** What waits until the fault is over. */
  readonly held: (() => void)[];
}

/** How much of a request passes before `reset`. More than what opens a connection of HTTP/2, which is no request. */
const BYTES_BEFORE_RESET = 200;
const IDLE_MS = 50;
/** Between two bytes of `trickle`. */
const BYTE_MS = 5;
const HOST = "127.0.0.1";

export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Connection>();
  let fault: NetworkFault | undefined;
  let sentBytes = 0;
  let faults = 0;

  const request = (connection: Connection, chunk: Buffer): void => {
    const { near, far, usedAt } = connection;
    if (connection.frozen) return;
    const isIdle = usedAt > 0 && performance.now() - usedAt > IDLE_MS;
    const isUsedAgain = isIdle && (fault === "drop-idle" || fault === "reset-idle");
    if (fault === "dead" || fault === "silent" || fault === "reset" || isUsedAgain) faults += 1;
    if (fault === "dead") connection.frozen = true;
    else if (fault === "silent") connection.held.push(() => far.write(chunk));
    else if (fault === "reset") {
      far.write(chunk.subarray(0, BYTES_BEFORE_RESET));
      near.resetAndDestroy();
    } else if (fault === "drop-idle" && isIdle) near.destroy();
    else if (fault === "reset-idle" && isIdle) near.resetAndDestroy();
    else {
      far.write(chunk);
      connection.sent += chunk.byteLength;
      if (usedAt > 0) connection.usedAt = performance.now();
      sentBytes += chunk.byteLength;
    }
  };
  const answer = async (connection: Connection, chunk: Buffer): Promise<void> => {
    const { near, far } = connection;
    if (connection.frozen) return;
    if (connection.sent > BYTES_BEFORE_RESET) connection.usedAt = performance.now();
    if (fault === "dead" || fault === "silent" || fault === "trickle") faults += 1;
    if (fault === "dead") connection.frozen = true;
    else if (fault === "silent") connection.held.push(() => near.write(chunk));
    else if (fault === "trickle") {
      far.pause();
      for (const byte of chunk) {
        if (near.destroyed) break;
        near.write(Uint8Array.of(byte));
        await sleep(BYTE_MS);
      }
      far.resume();
    } else near.write(chunk);
  };
  const accept = (near: Socket): void => {
    const far = connect(targetPort, HOST);
    const connection: Connection = { near, far, sent: 0, usedAt: 0, frozen: false, held: [] };
    open.add(connection);
    near.on("data", (chunk: Buffer) => request(connection, chunk));
    far.on("data", (chunk: Buffer) => void answer(connection, chunk));
    const end = (): void => {
      // A frozen connection stays open on both sides, as it does when packets are lost.
      if (connection.frozen) return;
      open.delete(connection);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on("error", end).on("close", end);
  };

  let server = await listen(0, accept);
  const { port } = addressOf(server);
  const destroyAll = (): void => {
    for (const { near, far } of open) {
      near.destroy();
      far.destroy();
    }
    open.clear();
  };
  const change = async (next: NetworkFault | undefined): Promise<void> => {
    if (fault === "refuse" && next !== "refuse") server = await listen(port, accept);
    if (next === "refuse" && fault !== "refuse") {
      server.close();
      faults += open.size;
      destroyAll();
    }
    fault = next;
    if (next === "silent") return;
    for (const { held } of open) for (const pass of held.splice(0)) pass();
  };
  let last: Promise<unknown> = Promise.resolve();
  return {
    port,
    address: `${HOST}:${port}`,
    get sentBytes() {
      return sentBytes;
    },
    get faults() {
      return faults;
    },
    async fail(next) {
      const changed = last.then(() => change(next));
      last = changed.catch(() => {});
      await changed;
    },
    freeze() {
      for (const connection of open) connection.frozen = true;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      destroyAll();
    },
  };
}

function addressOf(server: Server): { readonly port: number } {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  return address;
}

async function listen(port: number, accept: (near: Socket) => void): Promise<Server> {
  const server = createServer(accept);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(port, HOST, resolve);
  await promise;
  return server;
}
