/** Which keys of baggage hold what a stranger must not learn, by their names. */
import { decode } from "./baggage-members.ts";

const PRIVATE =
  /auth|cookie|token|secret|passw|credential|signature|session|api[._-]?key|e?mail|phone|birth|iban|card|ssn|^(user|enduser|customer|account)([._-](id|name|full_name))?$/i;

export function isPrivateKey(key: string): boolean {
  return PRIVATE.test(decode(key.trim()));
}
