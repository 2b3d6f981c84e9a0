/** Which keys of baggage hold what a stranger must not learn, by their names. */

const PRIVATE =
  /auth|cookie|token|secret|passw|credential|signature|session|api[._-]?key|e?mail|phone|birth|iban|card|ssn|^(user|enduser|customer|account)([._-](id|name|full_name))?$/i;

export function isPrivateKey(key: string): boolean {
  return PRIVATE.test(decode(key.trim()));
}

/** The keys of `baggage` headers, in order. */
export function baggageKeys(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split(","))
    .map((member) => decode((member.split("=")[0] ?? "").trim()))
    .filter((key) => key !== "");
}

/** The decoded values of each key, in order, without properties. */
export function baggageValues(values: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const member of values.flatMap((value) => value.split(","))) {
    const [key = "", ...rest] = member.split("=");
    const [value = ""] = rest.join("=").split(";");
    const name = decode(key.trim());
    if (name !== "") found.set(name, [...(found.get(name) ?? []), decode(value.trim())]);
  }
  return found;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
