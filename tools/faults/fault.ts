/** One row of the table: a fault, and the promises that it is held against. */
import type { Measured } from "./measured.ts";
import type { Pair, Variant } from "./pair.ts";
import type { PromiseId } from "./promises.ts";

export type Group = "backend" | "back" | "callers" | "process" | "end";

export interface Fault {
  readonly id: string;
  readonly group: Group;
  /** What happens, as a line of the table. */
  readonly what: string;
  readonly promises: readonly PromiseId[];
  /** Also part of the tests, in its short form. @default false */
  readonly short?: boolean;
  /** Also with OpenTelemetry's own SDK, for comparison. @default false */
  readonly comparable?: boolean;
  run(stage: Stage): Promise<Measured>;
}

/** What the runner gives to each cell. */
export interface Stage {
  /** The short form: fewer seconds and requests, the same verdicts. */
  readonly short: boolean;
  readonly variant: Variant;
  /** A pair of the same variant whose backend works, for comparison at the same time. */
  reference(): Promise<Pair>;
  /** Told to the person who waits. */
  say(doing: string): void;
}
