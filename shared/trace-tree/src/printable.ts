/** Makes received text safe for a terminal, and fits it into columns. */

/**
 * Control characters (a terminal obeys them), line and paragraph separators, marks that change the writing direction,
 * characters without width, and halves of surrogate pairs.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu;

const NAMED: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** The text with escapes such as `\x1b` for everything that is not a visible character. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => NAMED[character] ?? escapeCode(character.codePointAt(0) ?? 0));
}

/** The text in exactly `width` columns, cut or filled with blanks. */
export function pad(text: string, width: number): string {
  const cut = truncate(text, width);
  return cut + " ".repeat(Math.max(0, width - Bun.stringWidth(cut)));
}

/** The text in at most `width` columns. A cut is shown as `…`. Wide characters are not cut in half. */
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
 * Removes first the package, then the service from a gRPC name, `package.Service/Method`, that is wider than `width`.
 * The method matters most, because it differs between calls. Other text is not changed.
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
