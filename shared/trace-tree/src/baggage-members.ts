/** Takes `baggage` apart. */

/** The keys, in order. */
export function baggageKeys(values: readonly string[]): readonly string[] {
  return [...baggageValues(values).keys()];
}

/** The decoded values of each key, in order, without properties. @see https://www.w3.org/TR/baggage/#header-content */
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

/** As it is, where it is not percent-encoded. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
