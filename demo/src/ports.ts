/** Which ports are free. Where another program has a port, the service that wants it gets another one. */
import { createServer } from "node:net";

export interface PortRequest {
  /** The service that wants the port, for messages. */
  readonly service: string;
  readonly port: number;
}

/**
 * @returns The wanted port, or 0 (any free port) when another program listens there.
 * @param onTaken Called with a port that is taken.
 */
export async function choosePort(wanted: PortRequest, onTaken: (wanted: PortRequest) => void): Promise<number> {
  if (wanted.port === 0 || (await isFree(wanted.port))) return wanted.port;
  onTaken(wanted);
  return 0;
}

/** Tries both loopback addresses, because `localhost` can be either. */
export async function isFree(port: number): Promise<boolean> {
  for (const host of ["127.0.0.1", "::1", "0.0.0.0"]) {
    if (!(await canListen(host, port))) return false;
  }
  return true;
}

function canListen(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  // A machine without IPv6 answers EADDRNOTAVAIL or EAFNOSUPPORT, which does not mean that the port is taken.
  server.once("error", (error) => resolve("code" in error && error.code !== "EADDRINUSE" && error.code !== "EACCES"));
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  return promise;
}
