/** What the sender of a span says beside it: its flags, and what it left out. */
import { formatCount } from "./format.ts";
import type { SpanDetails } from "./span-details.ts";

const SAMPLED = 0x1;
const RANDOM_ID = 0x2;
const TRACE_FLAGS = 0xff;
const KNOWS_PARENT = 0x100;
const REMOTE_PARENT = 0x200;

/**
 * `01: sampled, parent in another process`; empty where no flag was sent.
 * @see https://www.w3.org/TR/trace-context-2/#trace-flags
 */
export function describeFlags(flags: number): string {
  if (flags === 0) return "";
  const words = [
    (flags & SAMPLED) === 0 ? "not sampled" : "sampled",
    (flags & RANDOM_ID) !== 0 && "random trace id",
    (flags & KNOWS_PARENT) !== 0 &&
      ((flags & REMOTE_PARENT) === 0 ? "parent in the same process" : "parent in another process"),
  ].filter((word) => word !== false);
  return `${(flags & TRACE_FLAGS).toString(16).padStart(2, "0")}: ${words.join(", ")}`;
}

/** A sentence; empty where nothing was left out. */
export function describeDropped({ dropped, events, links }: Pick<SpanDetails, "dropped" | "events" | "links">): string {
  const parts = [
    [dropped.attributes, "attribute"],
    [dropped.events, "event"],
    [dropped.links, "link"],
    [sum(events), "attribute of its events", "attributes of its events"],
    [sum(links), "attribute of its links", "attributes of its links"],
  ] as const;
  const counts = parts.flatMap(([count, one, many]) => (count === 0 ? [] : [formatCount(count, one, many)]));
  return counts.length === 0 ? "" : `The sender left out ${counts.join(", ")}: its limits are lower than what was set.`;
}

function sum(parts: readonly { readonly droppedAttributes: number }[]): number {
  return parts.reduce((total, { droppedAttributes }) => total + droppedAttributes, 0);
}
