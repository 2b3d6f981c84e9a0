/** Finds spans by any text in them. */
import type { Span, Tags } from "@baton/trace-tree";

/** A predicate for spans that contain all of the words, in any field; `undefined` for an empty search. */
export function matcher(typed: string): ((span: Span) => boolean) | undefined {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return (span) => {
    const text = textOf(span);
    return words.every((word) => text.includes(word));
  };
}

const texts = new WeakMap<Span, string>();

/** Made once for each span, because every typed key searches all spans again. */
function textOf(span: Span): string {
  const known = texts.get(span);
  if (known !== undefined) return known;
  const events = span.events.map((event) => `${event.name} ${pairs(event.attributes)}`);
  const fields = [span.service, span.name, span.kind, span.status, span.statusMessage, span.spanId];
  const text = [...fields, pairs(span.attributes), ...events].join("\n").toLowerCase();
  texts.set(span, text);
  return text;
}

function pairs(tags: Tags): string {
  return Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");
}
