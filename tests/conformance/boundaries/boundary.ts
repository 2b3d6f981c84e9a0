/** A place where a context enters or leaves a process. */
import type { HeaderLines } from "@baton/doctor/cases";

export interface Boundary {
  readonly name: string;
  /** Some headers cannot be sent over gRPC. */
  readonly protocol: "http" | "grpc";
  /** Sends the headers of a case in, and returns the headers that are sent out for it, as one list of lines. */
  pass(headers: HeaderLines): Promise<HeaderLines>;
  stop(): Promise<void> | void;
}
