/** What the header grammars of this folder have in common. */

const TAB = 9;
const SPACE = 32;

/**
 * Removes the optional white space of HTTP, spaces and tabs and nothing else, from both ends.
 * `String.prototype.trim` would also accept line ends and Unicode blanks, which no header may contain.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3
 */
export function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return end - start === text.length ? text : text.slice(start, end);
}

/**
 * Several headers of one name count as one list, in the order in which they came.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-5.3
 */
export function combineHeaders(values: string | readonly string[] | undefined): string {
  if (values === undefined) return "";
  return typeof values === "string" ? values : values.join(",");
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
