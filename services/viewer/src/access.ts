/** Who may read and write: everybody, or only those who have the token of `VIEWER_TOKEN`. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export interface Access {
  /** Whether `Authorization` has the token. Always true for a viewer without a token. */
  readonly allowsProgram: (authorization: string | null | undefined) => boolean;
  /** The same, or the cookie of a browser that has signed in. */
  readonly allows: (headers: Headers) => boolean;
  /** The value of `Set-Cookie` for the right token; `undefined` for a wrong one. */
  readonly signIn: (token: string, isEncrypted: boolean) => string | undefined;
}

/** A bearer token, long enough that nobody guesses it. @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const TOKEN = /^[\w.~+/-]{16,256}={0,2}$/;

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

const COOKIE = "baton_viewer";

/** @param token `undefined`: everybody may. */
export function createAccess(token?: string): Access {
  if (token === undefined) return { allowsProgram: () => true, allows: () => true, signIn: () => undefined };
  const isTokenRight = equals(token);
  // Not made of the token: a browser sends the cookies of a host to each of its ports.
  const session = randomBytes(32).toString("base64url");
  const isSessionRight = equals(session);
  const allowsProgram: Access["allowsProgram"] = (authorization) =>
    isTokenRight(/^Bearer +(\S+) *$/i.exec(authorization ?? "")?.[1] ?? "");
  return {
    allowsProgram,
    allows: (headers) =>
      allowsProgram(headers.get("authorization")) || cookies(headers.get("cookie") ?? "").some(isSessionRight),
    signIn: (sent, isEncrypted) =>
      isTokenRight(sent)
        ? `${COOKIE}=${session}; Path=/; HttpOnly; SameSite=Strict${isEncrypted ? "; Secure" : ""}`
        : undefined,
  };
}

/** Compares digests in constant time, so that neither the length nor the beginning of a secret can be measured. */
function equals(secret: string): (sent: string) => boolean {
  const wanted = digest(secret);
  return (sent) => timingSafeEqual(digest(sent), wanted);
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function cookies(header: string): readonly string[] {
  return header.split(";").flatMap((pair) => {
    const [name = "", value = ""] = pair.trim().split("=", 2);
    return name === COOKIE ? [value] : [];
  });
}
