/** Which ports are free. A port that is taken is somebody else's: the part that wanted it moves. */
import { createServer } from "node:net";

export interface PortWish {
  /** What wants it, for the sentence that says so. */
  readonly part: string;
  readonly port: number;
}

/**
 * The port that was wished for, or 0 (any free one) when something listens there.
 * @param onTaken Told about a port that is taken.
 */
export async function choosePort(wish: PortWish, onTaken: (wish: PortWish) => void): Promise<number> {
  if (wish.port === 0 || (await isFree(wish.port))) return wish.port;
  onTaken(wish);
  return 0;
}

/** Asks on both loopbacks: a link that says `localhost` may lead to either. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1", "0.0.0.0"]) {
    if (!(await canListen(host, port))) return false;
  }
  return true;
}

function canListen(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  // A machine without IPv6 answers EADDRNOTAVAIL or EAFNOSUPPORT, which says nothing about the port.
  server.once("error", (error) => resolve("code" in error && error.code !== "EADDRINUSE" && error.code !== "EACCES"));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
