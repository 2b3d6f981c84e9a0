/** Removes secrets from text that is recorded on a span, and limits its length. */

/** The longest text that is recorded, in UTF-16 units. A URL may hold megabytes; a backend refuses such a span. */
export const MAX_TEXT_LENGTH = 4096;

/**
 * Keys of a query whose values are secret; compared without regard to case. The first seven are the convention's.
 * @see https://opentelemetry.io/docs/specs/semconv/http/http-spans/ (`url.query`)
 */
export const SECRET_QUERY_KEYS: readonly string[] = [
  "AWSAccessKeyId",
  "Signature",
  "X-Amz-Credential",
  "X-Amz-Security-Token",
  "X-Amz-Signature",
  "X-Goog-Signature",
  "sig",
  "api_key",
  "apikey",
  "access_token",
  "token",
  "password",
  "key",
];

/** Replaces secrets in a URL, in a part of one, or in text that holds URLs, and cuts what is too long. */
export type Redact = (text: string) => string;

const USER_INFO = /\/\/[^/?#\s]*@/g;
const WORD = /[^?&;#=\s/]+/g;
const PAIR = /(^|[?&;#\s])([^?&;#=\s]+)=([^&;#\s]*)/g;
const JSON_FIELD = /"([^"\\]+)"(\s*:\s*)"(?:[^"\\]|\\.)*"/g;
/** Credentials as in a header. Unlike other words after "bearer" or "basic", they have a digit or a sign. */
const CREDENTIALS = /\b(bearer|basic)(\s+)[\w.~+/-]*[\d._~+/=-][\w.~+/=-]*/gi;

/** What is not secret stays as it was sent, to the byte. */
export function createRedact(secretKeys: readonly string[] = SECRET_QUERY_KEYS, maxLength = MAX_TEXT_LENGTH): Redact {
  const secret = new Set(secretKeys.map((key) => key.toLowerCase()));
  // Most text has none of these, and is not parsed. A stack trace has an @ in the paths of packages, and no user.
  const anyKey = [...secret].map(RegExp.escape).join("|") || "(?!)";
  const maybeSecret = new RegExp(`%|//[^/?#\\s]*@|(?:bearer|basic)\\s|(?:${anyKey})(?:[\\[\\]]*=|"\\s*:)`, "i");
  // A part of a URL may be an encoded URL again, as the target of a redirect is.
  const redactEncoded = (part: string): string => {
    const inner = decode(part);
    const shown = inner === part ? part : redactAll(inner);
    // A lone surrogate has no encoded form, and `encodeURIComponent` throws on it.
    return shown === inner ? part : encodeURIComponent(shown.toWellFormed());
  };
  const redactPairs = (text: string): string =>
    text.replace(PAIR, (_pair, before, key, value) => {
      if (secret.has(innermostKey(key))) return `${before}${key}=REDACTED`;
      // A header such as `baggage` has pairs that commas separate.
      const [first, ...others] = value.split(",");
      return `${before}${key}=${[first, ...others.map(redactPairs)].join(",")}`;
    });
  const redactAll = (text: string): string =>
    redactPairs(text.replace(USER_INFO, "//REDACTED:REDACTED@"))
      .replace(JSON_FIELD, (field, key, colon) =>
        secret.has(innermostKey(key)) ? `"${key}"${colon}"REDACTED"` : field,
      )
      .replace(CREDENTIALS, "$1$2REDACTED")
      .replace(WORD, redactEncoded);
  // Cut on both sides of it: a user name of a megabyte would hide its `@`, and a replacement may be longer than a secret.
  return (text) =>
    maybeSecret.test(text)
      ? bound(redactAll(bound(text.replace(USER_INFO, "//REDACTED:REDACTED@"), maxLength)), maxLength)
      : bound(text, maxLength);
}

/** Uses the default keys. */
export const redactSecrets: Redact = createRedact();

export function bound(text: string, maxLength = MAX_TEXT_LENGTH): string {
  return text.length > maxLength ? text.slice(0, maxLength) : text;
}

/** `user[password]`, `user.password` and `token[]` are as secret as `password` and `token`; so is an encoded key. */
function innermostKey(key: string): string {
  const parts = decode(key)
    .toLowerCase()
    .match(/[^[\].+\s]+/g);
  return parts?.at(-1) ?? "";
}

function decode(text: string): string {
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
