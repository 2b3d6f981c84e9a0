/** Finds spans by anything that is written in them. */
import type { Span, Tags } from "@baton/trace-tree";

/** A test for spans that hold every one of the words, in whatever field; undefined for a search of nothing. */
export function matcher(typed: string): ((span: Span) => boolean) | undefined {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return undefined;
  return (span) => {
    const text = textOf(span);
    return words.every((word) => text.includes(word));
  };
}

const texts = new WeakMap<Span, string>();

/** Made once a span: each key that is typed asks every span again. */
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
