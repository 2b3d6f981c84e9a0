/** What one cell measured. A part that is missing was not measured. */
import type { Later } from "./load.ts";

export interface Measured {
  readonly requests?: {
    readonly asked: number;
    /** How many the rate of the load asks for in its time. @default not known */
    readonly due?: number;
    /** Answers that say that back does not answer. @default 0 */
    readonly refused?: number;
    /** Answers that were lost or changed, by what was wrong. */
    readonly wrong: Readonly<Record<string, number>>;
    /** How much later the answers were than those of the pair without the fault. */
    readonly later?: Later;
  };
  readonly spans?: {
    readonly made: number;
    readonly received: number;
    /** Counted as lost in the metrics, by reason. */
    readonly lost: Readonly<Record<string, number>>;
    /** The sum of what the log lines say. `undefined`: the log could not be read. */
    readonly said?: number;
    /** Spans that end before they start, or last for longer than the run. */
    readonly impossible?: number;
    /** The receiver can have taken a batch whose answer did not arrive: such spans are counted as received and as lost. */
    readonly answersLost?: boolean;
  };
  readonly last?: {
    readonly ended: number;
    readonly arrived: number;
    /** What else was wrong: the exit code, the message. */
    readonly problems: readonly string[];
  };
  readonly end?: {
    readonly ms: number;
    readonly codes: readonly (number | null)[];
    /** Codes that are right. @default [0] */
    readonly expected?: readonly number[];
    /** What else was wrong: the message. @default [] */
    readonly problems?: readonly string[];
  };
  readonly memory?: {
    /** More than the pair without the fault, in bytes. */
    readonly moreBytes?: number;
    /** Bytes for each request, and half of the 95 % interval. */
    readonly slope?: { readonly slope: number; readonly margin: number };
  };
  readonly recovery?: { readonly ms: number };
}
