/** A fault of the lab, as data: the demo, the tests and the page use it. */
import type { Cause } from "@baton/trace-tree";
import type { HttpRequest } from "../request.ts";

export interface Fault {
  /** The value of `x-lab-fault`: `front-does-not-inject`. */
  readonly id: string;
  /** Where it is made. */
  readonly where: "front" | "back" | "between";
  readonly title: string;
  /** What one sees. */
  readonly symptom: string;
  /** The cause that the diagnosis must name. */
  readonly cause: Cause;
  /** The lines that mend it, as code. */
  readonly mend: readonly string[];
  /** What is sent. `x-lab-fault` is added; without it the same request is healthy. */
  readonly request: HttpRequest;
  /** How often it is sent, one after the other. @default 1 */
  readonly times?: number;
}
