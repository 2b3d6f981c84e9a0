/** Text that somebody sent, made safe and measurable for a terminal. */

/**
 * Control characters (a terminal obeys them), line and paragraph separators, marks that turn the direction of writing
 * round, characters of no width, and halves of surrogate pairs.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The same text with everything that is not a visible character written out, such as `\x1b`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => NAMED[character] ?? escapeCode(character.codePointAt(0) ?? 0));
}

/** Cut or filled up with blanks to exactly `width` columns. */
export function pad(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + " ".repeat(Math.max(0, width - Bun.stringWidth(cut)));
}

/** At most `width` columns wide; what is cut off is shown as `…`. Wide characters are not cut in half. */
export function truncate(text: string, width: number): string {
  if (Bun.stringWidth(text) <= width) return text;
  if (width < 1) return "";
  let kept = "";
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += Bun.stringWidth(segment);
    if (columns > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * A gRPC name, `package.Service/Method`, that is wider than `width` loses its package first, then its service: the
 * method is what tells two calls apart. Any other text stays as it is.
 */
export function shortenMethod(name: string, width: number): string {
  const [, service, method] = /^[\w.]*\b(\w+)\/(\w+)$/.exec(name) ?? [];
  if (method === undefined || Bun.stringWidth(name) <= width) return name;
  const withService = `…${service}/${method}`;
  return Bun.stringWidth(withService) <= width ? withService : `…/${method}`;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  return code < 0x100 ? `\\x${hex.padStart(2, "0")}` : `\\u{${hex}}`;
}
