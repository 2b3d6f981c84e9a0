/** Reads the tags of a search as people type them: `http.response.status_code=500 error=true note="two words"`. */

export type Logfmt =
  | { readonly ok: true; readonly tags: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly problem: string };

const PAIR = /\s*([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?=\s|$)/y;

/**
 * Key and value pairs. A key with no value means `true`; the last of several equal keys wins.
 * @see https://brandur.org/logfmt
 */
export function parseLogfmt(text: string): Logfmt {
  // A key may have any name, also `__proto__`.
  const tags: Record<string, string> = Object.create(null);
  const end = text.trimEnd().length;
  PAIR.lastIndex = 0;
  for (let at = 0; at < end; at = PAIR.lastIndex) {
    const [, key, value] = PAIR.exec(text) ?? [];
    if (key === undefined) return { ok: false, problem: `cannot read this from “${text.slice(at).trim()}” on` };
    tags[key] = value === undefined ? "true" : unquote(value);
  }
  return { ok: true, tags };
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}

/** The text that `parseLogfmt` reads as these pairs. */
export function writeLogfmt(pairs: Iterable<readonly [key: string, value: string]>): string {
  return [...pairs].map(([key, value]) => `${key}=${needsQuotes(value) ? quote(value) : value}`).join(" ");
}

function needsQuotes(value: string): boolean {
  return value === "" || /[\s"=\\]/.test(value);
}

function quote(value: string): string {
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
