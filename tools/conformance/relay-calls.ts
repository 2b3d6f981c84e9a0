/** The calls that the relay accepts: only to this machine. */

/** One call-back to make. */
export interface RelayCall {
  readonly url: string;
  readonly arguments: readonly unknown[];
}

/** The body breaks a rule. The message names the field and the rule. */
export class InvalidCallError extends Error {
  override readonly name = "InvalidCallError";
}

const MAX_CALLS = 100;

/** @throws InvalidCallError for the first field that breaks a rule. */
export function parseCalls(body: unknown): RelayCall[] {
  if (!Array.isArray(body)) throw new InvalidCallError("body: must be a JSON list of { url, arguments }");
  if (body.length > MAX_CALLS) throw new InvalidCallError(`body: must have at most ${MAX_CALLS} entries`);
  return body.map((entry: unknown, index) => parseCall(entry, `[${index}]`));
}

function parseCall(entry: unknown, at: string): RelayCall {
  if (typeof entry !== "object" || entry === null) throw new InvalidCallError(`${at}: must be { url, arguments }`);
  const { url, arguments: args } = entry as { readonly url?: unknown; readonly arguments?: unknown };
  if (!Array.isArray(args)) throw new InvalidCallError(`${at}.arguments: must be a list`);
  if (typeof url !== "string" || !isLoopback(url)) {
    throw new InvalidCallError(`${at}.url: must be an http URL of a loopback address (127.0.0.0/8, [::1], localhost)`);
  }
  return { url, arguments: args };
}

function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  // The parser has already turned forms like 127.1 and 0x7f000001 into four decimal numbers.
  const { protocol, hostname } = new URL(text);
  return protocol === "http:" && /^(localhost|\[::1\]|127\.\d+\.\d+\.\d+)$/.test(hostname);
}
