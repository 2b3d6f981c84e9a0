/** Logs lost telemetry: one line when a loss begins and one when it is over, not one for each batch. */
import type { Report } from "../diagnostics.ts";

export interface OutageLog {
  /** Items that were given up after an export. */
  failed(count: number, reason: string, advice: string): void;
  /** Items that did not fit into the queue. */
  dropped(count: number): void;
  /** An export was accepted whole. */
  succeeded(): void;
  /** The end: logs what was lost since the line that was logged when the loss began, if anything was. */
  closed(): void;
  /** An item that came after the end. One line counts them, when the process ends. */
  late(): void;
}

interface Outage {
  readonly since: number;
  /** How many were lost when the loss began. */
  readonly first: number;
  lost: number;
  /** How many were lost for which reason. */
  readonly causes: Map<string, number>;
  /** When exports were accepted again. */
  until: number;
  /** Runs while exports are accepted. Ends the outage unless more is lost before. */
  calm: Timer | undefined;
}

/** A receiver that fails every other batch, or a queue that fills again and again, is one outage. */
const CALM_MS = 5000;

/** At most so many causes are counted: the text of a receiver can be different each time. */
const MAX_CAUSES = 5;
const OTHER_CAUSES = "other reasons";
const QUEUE_FULL = "the queue is full";

/** `what` as in "spans", a plural; `target` as in "http://localhost:4318/v1/traces". */
export function createOutageLog(what: string, target: string, report: Report, calmMs: number = CALM_MS): OutageLog {
  let outage: Outage | undefined;
  let late = 0;
  const lose = (count: number, cause: string, beginning: string, advice: string): void => {
    if (outage === undefined) {
      outage = { since: performance.now(), first: count, lost: 0, causes: new Map(), until: 0, calm: undefined };
      const words = [`${beginning}.`, advice, `${capitalized(what)} are lost until it works again.`];
      report("warn", words.filter(Boolean).join(" "), { target, lost: count });
    }
    outage.lost += count;
    const known = outage.causes.has(cause) || outage.causes.size < MAX_CAUSES ? cause : OTHER_CAUSES;
    outage.causes.set(known, (outage.causes.get(known) ?? 0) + count);
    clearTimeout(outage.calm);
    outage.calm = undefined;
  };
  const end = (level: "info" | "warn", { since, lost, causes, until }: Outage, words: string): void => {
    const seconds = Math.max(1, Math.round((until - since) / 1000));
    report(level, `${words}: ${lost} ${lost === 1 ? singular(what) : what} lost in ${seconds} s${listCauses(causes)}`, {
      target,
      lost,
    });
    outage = undefined;
  };
  const recovered = (over: Outage): void => end("info", over, `Sending ${what} to ${target} works again`);
  return {
    failed: (count, reason, advice) => lose(count, reason, `Cannot send ${what} to ${target}: ${reason}`, advice),
    dropped: (count) =>
      lose(count, QUEUE_FULL, `${capitalized(what)} end faster than ${target} takes them: ${QUEUE_FULL}`, ""),
    succeeded: () => {
      const current = outage;
      if (current === undefined || current.calm !== undefined) return;
      current.until = performance.now();
      current.calm = setTimeout(() => recovered(current), calmMs).unref();
    },
    closed: () => {
      if (outage === undefined) return;
      clearTimeout(outage.calm);
      if (outage.calm !== undefined) recovered(outage);
      else if (outage.lost > outage.first)
        end("warn", { ...outage, until: performance.now() }, `Stopped while ${what} could not be sent to ${target}`);
    },
    late: () => {
      late += 1;
      if (late > 1) return;
      process.once("exit", () => {
        const items = late === 1 ? singular(what) : what;
        report("warn", `${late} ${items} lost: made after the shutdown of telemetry`, { target, lost: late });
      });
    },
  };
}

/** "span" of "spans", "export of metrics" of "exports of metrics". */
function singular(what: string): string {
  return what.replace(/s( of .*)?$/, "$1");
}

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Where there was one cause, the first line has named it already. */
function listCauses(causes: ReadonlyMap<string, number>): string {
  if (causes.size < 2) return "";
  const counted = [...causes].toSorted(([, a], [, b]) => b - a).map(([cause, count]) => `${cause}: ${count}`);
  return ` (${counted.join(", ")})`;
}
