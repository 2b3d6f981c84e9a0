/** A place where a context enters or leaves a process. */
import type { HeaderLines } from "@baton/doctor/cases";

export interface Boundary {
  readonly name: string;
  /** Over gRPC some headers cannot be sent at all. */
  readonly protocol: "http" | "grpc";
  /** Lets the headers of a case in and answers the headers that go out for it, one list for each request sent. */
  pass(headers: HeaderLines): Promise<HeaderLines>;
  stop(): Promise<void> | void;
}
