/** One request to the examined service and what came back, the same over HTTP and gRPC. */
import type { HeaderLines } from "../cases/index.ts";

export interface Outgoing {
  /** In this order and spelling, after those that the protocol needs. */
  readonly headers: HeaderLines;
  /** What `{callback}` stands for in this request. */
  readonly callbackUrl: string;
  /**
   * `unknown-path` asks for what is not there (HTTP only); `leave` closes the connection as soon as the request is written;
   * `chunked` sends the body in pieces (HTTP only).
   * @default "usual"
   */
  readonly variant?: "usual" | "unknown-path" | "leave" | "chunked";
}

export type Problem = "refused" | "unknown host" | "certificate" | "timeout" | "closed" | "not understood" | "left";

export interface Reply {
  /** The HTTP status, or the gRPC status. `undefined` where none came. */
  readonly status: number | undefined;
  readonly headers: HeaderLines;
  /** The beginning of the body, or of the gRPC message of the status. */
  readonly text: string;
  /** `left`: the doctor closed the connection before the answer was whole, which a stream may never be. */
  readonly problem?: Problem;
  /** The reason of the system or of the protocol, for `problem`. */
  readonly detail?: string;
}

export interface Sender {
  /** Never rejects: what goes wrong is in the reply. */
  send(request: Outgoing): Promise<Reply>;
  stop(): void;
}

/** From an error of a socket to what a person can act on. */
export function problemOf(error: unknown): Pick<Reply, "problem" | "detail"> {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const detail = error instanceof Error ? error.message : String(error);
  if (code === "ECONNREFUSED") return { problem: "refused", detail };
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return { problem: "unknown host", detail };
  if (/certificate|self.signed|CERT_/i.test(`${code} ${detail}`)) return { problem: "certificate", detail };
  return { problem: "closed", detail };
}
